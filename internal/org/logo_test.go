package org_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"
	"sync"
	"testing"
	"time"

	"roster/internal/app/apptest"
	"roster/internal/errs"
	"roster/internal/invite"
	"roster/internal/op"
	"roster/internal/org"
	"roster/internal/patch"
	"roster/internal/signin"
)

// drawn is a picture of one color.
func drawn(t *testing.T, width, height int, shade uint8) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			m.Set(x, y, color.NRGBA{shade, shade, 200, 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func settings(t *testing.T, w *apptest.World, place apptest.Place) org.SettingsView {
	t.Helper()
	v, err := org.GetSettings.Do(t.Context(), w.Door, place.Admin.Call(place), op.Nothing{})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestALogo(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		public := op.Call{Org: "alpha"}
		if _, err := org.ShowLogo.Do(t.Context(), w.Door, public, op.Nothing{}); errs.KindOf(err) != errs.KindNotFound {
			t.Errorf("before there is one: %v", err)
		}
		w.Advance(time.Second)
		since := w.Now(t)
		set, err := org.SetLogo.Do(t.Context(), w.Door, admin, org.NewLogo{Image: drawn(t, 1024, 256, 10)})
		if err != nil || set.Version != 2 || !strings.HasPrefix(set.LogoURL, "http://localhost:8080/o/"+string(w.A.Org.ID)+"/logo/") || settings(t, w, w.A) != set {
			t.Fatalf("set: %+v, %v", set, err)
		}
		shown, err := org.ShowLogo.Do(t.Context(), w.Door, public, op.Nothing{})
		if err != nil || !strings.HasSuffix(set.LogoURL, shown.Version+".png") {
			t.Errorf("shown: %s, %v", shown.Version, err)
		}
		if size, err := png.DecodeConfig(bytes.NewReader(shown.PNG)); err != nil || size.Width != 512 || size.Height != 128 {
			t.Errorf("shown is %+v, %v", size, err)
		}
		if same, err := org.SetLogo.Do(t.Context(), w.Door, admin, org.NewLogo{Image: drawn(t, 1024, 256, 10)}); err != nil || same != set {
			t.Errorf("set again: %+v, %v", same, err)
		}
		if _, err := org.SetLogo.Do(t.Context(), w.Door, admin, org.NewLogo{Version: 1, Image: drawn(t, 64, 64, 20)}); !errs.Is(err, "version_conflict") {
			t.Errorf("over another change: %v", err)
		}
		if _, err := org.RemoveLogo.Do(t.Context(), w.Door, admin, org.Version{Version: 1}); !errs.Is(err, "version_conflict") {
			t.Errorf("removed an older one: %v", err)
		}
		events := w.Events(t, w.A.Org.ID, since)
		if len(events) != 1 || events[0].Name != "settings.updated" || !strings.Contains(events[0].Changes, `{"field":"logo","before":null,"after":"512 × 128 (`) {
			t.Errorf("recorded: %+v", events)
		}
		if theirs := settings(t, w, w.B); theirs.LogoURL != "" || theirs.Version != 1 {
			t.Errorf("the mirror organization has %+v", theirs)
		}
		if _, err := org.ShowLogo.Do(t.Context(), w.Door, op.Call{Org: "beta"}, op.Nothing{}); errs.KindOf(err) != errs.KindNotFound {
			t.Errorf("the mirror organization shows one: %v", err)
		}
		for i := range 2 { // the second time there is none
			if gone, err := org.RemoveLogo.Do(t.Context(), w.Door, admin, org.Version{}); err != nil || gone.LogoURL != "" || gone.Version != 3 {
				t.Errorf("removed, %d: %+v, %v", i, gone, err)
			}
		}
		if _, err := org.ShowLogo.Do(t.Context(), w.Door, public, op.Nothing{}); errs.KindOf(err) != errs.KindNotFound {
			t.Errorf("after it was removed: %v", err)
		}
	})
}

func TestWhatIsNoLogo(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		for code, image := range map[string][]byte{
			"required": nil, "too_small": drawn(t, 15, 40, 1), "unknown_picture": []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`),
			"too_large": make([]byte, org.MaxLogoBytes+1),
		} {
			if _, err := org.SetLogo.Do(t.Context(), w.Door, w.A.Admin.Call(w.A), org.NewLogo{Image: image}); !errs.Is(err, "validation_failed") || !strings.Contains(err.Error(), code) {
				t.Errorf("%s: %v", code, err)
			}
		}
		// Nobody makes the server decode who may not set a logo.
		for who, call := range map[string]op.Call{"a plain user": w.A.User.Call(w.A), "nobody": {Org: "alpha"}, "an admin of B": {By: w.B.Admin.Call(w.B).By, Org: "alpha"}} {
			_, set := org.SetLogo.Do(t.Context(), w.Door, call, org.NewLogo{Image: []byte("x")})
			_, removed := org.RemoveLogo.Do(t.Context(), w.Door, call, org.Version{})
			for _, err := range []error{set, removed} {
				if err == nil || errs.Is(err, "validation_failed") {
					t.Errorf("%s: %v", who, err)
				}
			}
		}
		if now := settings(t, w, w.A); now.LogoURL != "" || now.Version != 1 {
			t.Errorf("now there is %+v", now)
		}
	})
}

// Whoever saves settings and whoever changes the logo at the same moment do not
// undo each other's work.
func TestLogoAndSettingsAtOnce(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		for round := range 8 {
			var all sync.WaitGroup
			var set, saved error
			all.Go(func() {
				_, set = org.SetLogo.Do(t.Context(), w.Door, admin, org.NewLogo{Image: drawn(t, 40, 40, uint8(round))})
			})
			all.Go(func() {
				_, saved = org.UpdateSettings.Do(t.Context(), w.Door, admin, org.SettingsChange{SenderName: patch.To(fmt.Sprint("Round ", round))})
			})
			all.Wait()
			now := settings(t, w, w.A)
			shown, err := org.ShowLogo.Do(t.Context(), w.Door, op.Call{Org: "alpha"}, op.Nothing{})
			if set != nil || saved != nil || err != nil || now.SenderName != fmt.Sprint("Round ", round) || !strings.HasSuffix(now.LogoURL, shown.Version+".png") || now.Version != 1+2*(round+1) {
				t.Fatalf("round %d: %v, %v, %v: %+v", round, set, saved, err, now)
			}
		}
	})
}

func TestLettersWearTheLogo(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		admin := w.A.Admin.Call(w.A)
		for _, test := range []struct {
			width, height int
			has, hasNot   string
		}{{300, 100, `width="120" height="40" alt="Alpha"`, `dir="auto">Alpha</td>`}, {100, 100, `width="40" height="40" alt=""`, ">A</td>"}} {
			set, err := org.SetLogo.Do(t.Context(), w.Door, admin, org.NewLogo{Image: drawn(t, test.width, test.height, 30)})
			if err != nil {
				t.Fatal(err)
			}
			to := fmt.Sprintf("p%d@x.example", test.width)
			if _, err := invite.Create.Do(t.Context(), w.Door, admin, invite.Input{Emails: []string{to}}); err != nil {
				t.Fatal(err)
			}
			sample, err := org.Sample.Do(t.Context(), w.Door, admin, op.Nothing{})
			for _, html := range []string{w.Newest(t, to).HTML, sample.HTML} {
				if err != nil || !strings.Contains(html, `<img src="`+set.LogoURL+`" `+test.has) || strings.Contains(html, test.hasNot) {
					t.Errorf("%d × %d, %v:\n%s", test.width, test.height, err, html)
				}
			}
		}
		if _, err := invite.Create.Do(t.Context(), w.Door, w.B.Admin.Call(w.B), invite.Input{Emails: []string{"q@x.example"}}); err != nil {
			t.Fatal(err)
		}
		if letter := w.Newest(t, "q@x.example"); strings.Contains(letter.HTML, "<img") {
			t.Error("a letter of the mirror organization has a picture")
		}
	})
}

func TestTheLogoPage(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		b := w.Browser(t, org.Pages, signin.Pages).As(w.A.Admin, w.A)
		const at = "/o/alpha/settings/logo"
		if page := b.Get(at); page.Status != 200 || !page.Has("There is none", `enctype="multipart/form-data"`, `accept="image/png,`, "<iframe", "How your e-mails look") || page.Has("Replace the logo") {
			t.Fatalf("at first: %+v", page)
		}
		for says, file := range map[string][]byte{"Choose a picture.": nil, "This is no PNG": []byte("hello"), "larger than 1 MiB": make([]byte, org.MaxLogoBytes+1)} {
			if wrong := b.Upload(at, "image", "logo.png", file); wrong.Status != 422 || !wrong.Has(says, `id="image-e"`) {
				t.Errorf("%s %+v", says, wrong)
			}
		}
		if huge := b.Upload(at, "image", "logo.png", make([]byte, 9*org.MaxLogoBytes)); huge.Status != 413 {
			t.Errorf("a huge file: %d", huge.Status)
		}
		set := b.Follow(b.Upload(at, "image", "../../logo.png", drawn(t, 200, 50, 60)))
		url := settings(t, w, w.A).LogoURL
		if !set.Has("This is the logo now.", `<img src="`+url+`"`, "Replace the logo", `alt="The logo of Alpha"`) {
			t.Errorf("set: %+v", set)
		}
		path := strings.TrimPrefix(url, "http://localhost:8080")
		stranger := w.Browser(t, org.Pages)
		logo := stranger.Get(path)
		if h := logo.Header; logo.Status != 200 || h.Get("Content-Type") != "image/png" || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Cross-Origin-Resource-Policy") != "cross-origin" ||
			h.Get("Cache-Control") != "public, max-age=31536000, immutable" || h.Get("Set-Cookie") != "" || !strings.HasPrefix(h.Get("Content-Security-Policy"), "default-src 'none'") || !strings.HasPrefix(logo.Body, "\x89PNG") {
			t.Errorf("to a stranger: %d %v", logo.Status, logo.Header)
		}
		if older := stranger.Get("/o/alpha/logo/older.png"); older.Status != 200 || older.Header.Get("Cache-Control") != "public, max-age=300" || older.Body != logo.Body {
			t.Errorf("under an older address: %d %v", older.Status, older.Header)
		}
		for _, none := range []string{"/o/beta/logo/x.png", "/o/nowhere/logo/x.png"} {
			if got := stranger.Get(none); got.Status != 404 {
				t.Errorf("%s: %d", none, got.Status)
			}
		}
		letter := b.Get("/o/alpha/settings/letter")
		if policy := letter.Header.Get("Content-Security-Policy"); letter.Status != 200 || !letter.Has(url, "This is how") || !strings.HasSuffix(policy, "; sandbox") || strings.Contains(policy, "script-src") {
			t.Errorf("the letter: %+v", letter)
		}
		if gone := b.Follow(b.Post(at + "/remove")); !gone.Has("The logo has been removed.", "There is none") {
			t.Errorf("removed: %+v", gone)
		}
		if got := stranger.Get(path); got.Status != 404 {
			t.Errorf("after it was removed: %d", got.Status)
		}
		plain := w.Browser(t, org.Pages).As(w.A.User, w.A)
		for _, got := range []apptest.Answer{plain.Get(at), plain.Get("/o/alpha/settings/letter"), plain.Upload(at, "image", "x.png", drawn(t, 20, 20, 1)), plain.Post(at + "/remove")} {
			if got.Status != 404 {
				t.Errorf("a plain user: %d", got.Status)
			}
		}
	})
}

func TestTheLogoByTheAPI(t *testing.T) {
	apptest.Each(t, func(t *testing.T, w *apptest.World) {
		c := w.Client(t, adminKey(t, w, w.A), org.Routes)
		const path = "/organizations/alpha/settings/logo"
		image := `{"image": "` + base64.StdEncoding.EncodeToString(drawn(t, 64, 32, 9)) + `"}`
		for _, test := range []struct {
			method, body, ifMatch string
			status                int
			says                  string
		}{
			{"PUT", `{}`, "", 422, `"image","code":"required"`},
			{"PUT", `{"image": "no base64"}`, "", 422, `"image"`},
			{"PUT", `{"image": "aGVsbG8="}`, "", 422, `"image","code":"unknown_picture"`},
			{"PUT", image, `"v9"`, 412, "version_conflict"},
			{"PUT", image, `"v1"`, 200, `"logo_url":"http://localhost:8080/o/` + string(w.A.Org.ID) + `/logo/`},
			{"DELETE", "", `"v1"`, 412, "version_conflict"},
			{"DELETE", "", `"v2"`, 200, `"logo_url":""`},
		} {
			var headers []string
			if test.ifMatch != "" {
				headers = []string{"If-Match", test.ifMatch}
			}
			if got := c.Do(test.method, path, test.body, headers...); got.Status != test.status || !strings.Contains(got.Body, test.says) {
				t.Errorf("%s %.40s: %+v, want %d %s", test.method, test.body, got, test.status, test.says)
			}
		}
		if got := c.Do("PUT", "/organizations/beta/settings/logo", image); got.Status != 404 {
			t.Errorf("in another organization: %+v", got)
		}
		if got := c.Do("PATCH", "/organizations/alpha/settings", `{"logo_url": "http://evil.example/x.png"}`); got.Status != 422 {
			t.Errorf("an address instead of a picture: %+v", got)
		}
	})
}
