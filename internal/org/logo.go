package org

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"roster/internal/authz"
	"roster/internal/errs"
	"roster/internal/op"
	"roster/internal/picture"
)

// Limits of a logo. What is shown fits into the box, in pixels; what is uploaded
// may be larger.
const (
	MaxLogoBytes = 1 << 20
	logoWidth    = 512
	logoHeight   = 128
)

// NewLogo is a picture that is to become the logo.
type NewLogo struct {
	Version int64  `ifmatch:"version" json:"-"`
	Image   []byte `json:"image" required:"true" doc:"PNG, JPEG, GIF or WebP of up to 1 MiB, in Base64. It is made smaller until it fits into 512 by 128 pixels."`

	made picture.Picture
}

// SetLogo gives the organization a logo, in place of the one that it has. Errors:
// validation_failed, version_conflict.
var SetLogo = op.Command[NewLogo, SettingsView]{
	Name: "settings.set_logo", Needs: authz.SettingsManage, Scope: authz.InOrg,
	Prepare: func(ctx context.Context, _ op.Tools, in NewLogo) (NewLogo, error) {
		made, err := in.read(ctx)
		in.made = made
		return in, err
	},
	Run: func(t *op.Tx, in NewLogo) (SettingsView, error) {
		sum := sha256.Sum256(in.made.PNG)
		version := hex.EncodeToString(sum[:8])
		return changeLogo(t, in.Version, version, func(o *Organization) error {
			o.LogoVersion, o.LogoWidth, o.LogoHeight = version, in.made.Width, in.made.Height
			return putLogo(t, in.made.PNG)
		})
	},
}

// RemoveLogo takes the logo away: letters and pages show the organization's first
// letter again. Error: version_conflict.
var RemoveLogo = op.Command[Version, SettingsView]{
	Name: "settings.remove_logo", Needs: authz.SettingsManage, Scope: authz.InOrg,
	Run: func(t *op.Tx, in Version) (SettingsView, error) {
		return changeLogo(t, in.Version, "", func(o *Organization) error {
			o.LogoVersion, o.LogoWidth, o.LogoHeight = "", 0, 0
			return removeLogo(t)
		})
	},
}

// Shown is the logo as its own address answers it.
type Shown struct {
	Version string
	PNG     []byte
}

// ShowLogo answers it to everybody: it stands on the page to sign in, and in
// letters. Error: not_found.
var ShowLogo = op.Query[op.Nothing, Shown]{
	Name: "organization.logo", Needs: authz.Everybody, Scope: authz.Public,
	Run: func(t *op.Tx, _ op.Nothing) (Shown, error) {
		o, err := Mine(t)
		if err != nil {
			return Shown{}, err
		}
		image, err := logoOf(t)
		return Shown{o.LogoVersion, image}, err
	},
}

// read makes the logo of what was sent, or says why it is none.
func (in NewLogo) read(ctx context.Context) (picture.Picture, error) {
	var c errs.Check
	var made picture.Picture
	switch {
	case len(in.Image) == 0:
		c.Fail("image", "required", "Choose a picture.")
	case len(in.Image) > MaxLogoBytes:
		c.Fail("image", "too_large", "The file is larger than 1 MiB. Save the picture smaller.")
	default:
		var err error
		made, err = picture.Fit(ctx, in.Image, logoWidth, logoHeight)
		switch {
		case errors.Is(err, picture.ErrTooMany):
			c.Fail("image", "too_large", "The picture is wider or higher than %d pixels. Save it smaller.", picture.MaxSide)
		case errors.Is(err, picture.ErrTooFew):
			c.Fail("image", "too_small", "The picture is smaller than %d pixels. Take a larger one.", picture.MinSide)
		case errors.Is(err, picture.ErrUnknown):
			c.Fail("image", "unknown_picture", "This is no PNG, JPEG, GIF or WebP picture, or the file is broken.")
		case err != nil:
			return made, err
		}
	}
	return made, c.Err()
}

// changeLogo changes the logo, unless it is what it becomes.
func changeLogo(t *op.Tx, version int64, logo string, change func(*Organization) error) (SettingsView, error) {
	old, err := Mine(t)
	if err != nil {
		return SettingsView{}, err
	}
	if version != 0 && int(version) != old.Version {
		return SettingsView{}, errs.Changed()
	}
	if old.LogoVersion == logo {
		return old.view(t), nil
	}
	o := old
	if err := change(&o); err != nil {
		return SettingsView{}, err
	}
	o, err = save(t, old, o, "settings.updated")
	return o.view(t), err
}

// LogoPath is where the logo is shown, empty if there is none. The address stays
// when the organization's short name changes: it stands in letters. It changes with
// the picture, so that it can be kept for long.
func (o Organization) LogoPath() string {
	if o.LogoVersion == "" {
		return ""
	}
	return "/o/" + string(o.ID) + "/logo/" + o.LogoVersion + ".png"
}

// WideLogo reports whether the logo holds the name, by its form. One that is not
// wide is a sign that the name stands beside.
func (o Organization) WideLogo() bool { return o.LogoWidth >= 2*o.LogoHeight }

// logoWords is the logo as audit events show it, nil if there is none.
func (o Organization) logoWords() any {
	if o.LogoVersion == "" {
		return nil
	}
	return fmt.Sprintf("%d × %d (%s)", o.LogoWidth, o.LogoHeight, o.LogoVersion[:6])
}
