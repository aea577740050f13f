package photo

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"time"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"

	"roster/internal/errs"
)

// Limits of what is sent.
const (
	MaxBytes  = 5 << 20
	MaxPixels = 40_000_000
)

// maxMemory is what decoding may take, in bytes: five for each pixel at most. Files
// that need more for one have fewer.
const maxMemory = 5 * MaxPixels

// side is the width and height of what we make.
const side = 256

// Kind is the media type of what we make.
type Kind string

// The kinds: PNG where something can be seen through.
const (
	JPEG Kind = "image/jpeg"
	PNG  Kind = "image/png"
)

// Accepted are the media types of what may be sent.
func Accepted() []string { return []string{"image/jpeg", "image/png", "image/gif", "image/webp"} }

// Picture is what becomes of a file.
type Picture struct {
	Kind  Kind
	Image []byte
}

// format is one of those that can be read.
type format struct {
	magic  func(head []byte) bool
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

// formats are told apart by their first bytes: names and media types are claims.
var formats = []format{
	{prefix("\xff\xd8\xff"), jpeg.DecodeConfig, jpeg.Decode},
	{prefix("\x89PNG\r\n\x1a\n"), png.DecodeConfig, png.Decode},
	{prefix("GIF87a"), gif.DecodeConfig, gif.Decode},
	{prefix("GIF89a"), gif.DecodeConfig, gif.Decode},
	{func(head []byte) bool {
		return len(head) > 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP"
	}, webp.DecodeConfig, webp.Decode},
}

func prefix(magic string) func([]byte) bool {
	return func(head []byte) bool { return bytes.HasPrefix(head, []byte(magic)) }
}

// turn is whose turn it is to decode, and waiting who is in line with the file.
var (
	turn    = make(chan struct{}, 1)
	waiting = make(chan struct{}, 16)
)

// errDamaged is what decoders say of a broken file, whatever their words are.
var errDamaged = errors.New("damaged")

// Draw makes a picture of a file. It is slow, and waits for its turn. Errors:
// validation_failed for the field photo, with required, too_large, unknown_format,
// too_many_pixels or damaged; overloaded.
func Draw(ctx context.Context, file []byte) (Picture, error) {
	f, size, err := look(file)
	if err != nil {
		return Picture{}, err
	}
	select {
	case waiting <- struct{}{}:
		defer func() { <-waiting }()
	default:
		return Picture{}, errs.Unavailable("overloaded", 5*time.Second, "Many photos are being made right now. Nothing was saved: try again in a moment.")
	}
	select {
	case turn <- struct{}{}:
		defer func() { <-turn }()
	case <-ctx.Done():
		return Picture{}, ctx.Err()
	}
	p, err := f.draw(file, size)
	if err != nil {
		return Picture{}, damaged()
	}
	return p, nil
}

// look reads the head of a file, and refuses it before anything is decoded.
func look(file []byte) (format, image.Config, error) {
	var none image.Config
	var c errs.Check
	switch {
	case len(file) == 0:
		c.Fail("photo", "required", "Choose a picture.")
		return format{}, none, c.Err()
	case len(file) > MaxBytes:
		c.Fail("photo", "too_large", "The file is larger than 5 MiB. Save the picture smaller.")
		return format{}, none, c.Err()
	}
	for _, f := range formats {
		if !f.magic(file) {
			continue
		}
		size, err := f.size(file)
		switch {
		case err != nil || size.Width < 1 || size.Height < 1:
			return f, none, damaged()
		case int64(size.Width)*int64(size.Height) > MaxPixels || memory(file, size) > maxMemory:
			c.Fail("photo", "too_many_pixels", "The picture has more pixels than can be taken: 40 million at most, and fewer where each needs more room. Save it smaller.")
			return f, none, c.Err()
		}
		return f, size, nil
	}
	c.Fail("photo", "unknown_format", "Choose a picture as JPEG, PNG, GIF or WebP.")
	return format{}, none, c.Err()
}

func damaged() error {
	var c errs.Check
	c.Fail("photo", "damaged", "This file is damaged. Save the picture once more, as JPEG or PNG, and send that.")
	return c.Err()
}

// size is what the head of the file says. Decoders read what anybody may send: if
// one fails by a panic, the file is damaged.
func (f format) size(file []byte) (c image.Config, err error) {
	defer survive(&err)
	return f.config(bytes.NewReader(file))
}

func survive(err *error) {
	if recover() != nil {
		*err = errDamaged
	}
}

// memory estimates what decoding takes.
func memory(file []byte, size image.Config) int64 {
	pixels := int64(size.Width) * int64(size.Height)
	switch size.ColorModel {
	case color.RGBA64Model, color.NRGBA64Model:
		return 8 * pixels
	case color.YCbCrModel, color.CMYKModel, color.GrayModel:
		if h := headOf(file); h.progressive { // all coefficients are kept until the end
			return int64(float64(5*pixels) * h.samples)
		}
	}
	return 4 * pixels
}

// draw decodes the file and makes of it what is stored.
func (f format) draw(file []byte, size image.Config) (p Picture, err error) {
	defer survive(&err)
	whole, err := f.decode(bytes.NewReader(file))
	if err != nil {
		return p, err
	}
	b := whole.Bounds()
	if b.Empty() || b.Dx() > size.Width || b.Dy() > size.Height {
		return p, errDamaged
	}
	square := image.NewRGBA(image.Rect(0, 0, side, side))
	draw.BiLinear.Scale(square, square.Bounds(), whole, middle(b), draw.Src, nil)
	square = upright(square, headOf(file).orientation)

	var out bytes.Buffer
	if p.Kind = JPEG; square.Opaque() {
		err = jpeg.Encode(&out, square, &jpeg.Options{Quality: 88})
	} else {
		p.Kind = PNG
		err = png.Encode(&out, square)
	}
	p.Image = out.Bytes()
	return p, err
}

// middle is the largest square in the middle of b.
func middle(b image.Rectangle) image.Rectangle {
	n := min(b.Dx(), b.Dy())
	x, y := b.Min.X+(b.Dx()-n)/2, b.Min.Y+(b.Dy()-n)/2
	return image.Rect(x, y, x+n, y+n)
}

// upright turns a square as its camera was held: the values of EXIF's orientation
// from 1 to 8, of which the first leaves it as it is.
func upright(square *image.RGBA, orientation int) *image.RGBA {
	if orientation < 2 || orientation > 8 {
		return square
	}
	turned := image.NewRGBA(square.Bounds())
	last := square.Bounds().Dx() - 1
	for y := range last + 1 {
		for x := range last + 1 {
			u, v := x, y
			switch orientation {
			case 2:
				u = last - x
			case 3:
				u, v = last-x, last-y
			case 4:
				v = last - y
			case 5:
				u, v = y, x
			case 6:
				u, v = y, last-x
			case 7:
				u, v = last-y, last-x
			case 8:
				u, v = last-y, x
			}
			turned.SetRGBA(x, y, square.RGBAAt(u, v))
		}
	}
	return turned
}
