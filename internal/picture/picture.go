// Package picture turns what somebody uploaded as a picture into one that is safe
// to show: decoded, made smaller where it is too large, and written anew as PNG, so
// that nothing of the file that was sent is ever served.
//
// It reads PNG, JPEG, GIF (its first frame) and WebP. How large a picture is, its
// head says, and that is asked before anything is decoded: a small file can claim
// to be a picture that fills the memory.
package picture

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"
)

// Picture is one that is safe to show.
type Picture struct {
	PNG           []byte
	Width, Height int
}

// Reasons why there is no picture in a file.
var (
	ErrUnknown = errors.New("picture: neither PNG, JPEG, GIF nor WebP, or broken")
	ErrTooMany = errors.New("picture: too many pixels")
	ErrTooFew  = errors.New("picture: too few pixels")
)

// Limits of a picture, in pixels.
const (
	MinSide   = 16
	MaxSide   = 4096
	maxPixels = 8 << 20
)

// decoder reads one format. Which one it is, the file's first bytes say: the list
// of formats that package image keeps is everybody's.
type decoder struct {
	is     func(head []byte) bool
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

func begins(with string) func([]byte) bool {
	return func(head []byte) bool { return bytes.HasPrefix(head, []byte(with)) }
}

var decoders = []decoder{
	{begins("\x89PNG\r\n\x1a\n"), png.DecodeConfig, png.Decode},
	{begins("\xff\xd8\xff"), jpeg.DecodeConfig, jpeg.Decode},
	{begins("GIF8"), gif.DecodeConfig, gif.Decode},
	{func(head []byte) bool { return begins("RIFF")(head) && len(head) > 12 && string(head[8:12]) == "WEBP" }, webp.DecodeConfig, webp.Decode},
}

// turns are how many pictures are decoded at the same time: each may take 64 MiB.
var turns = make(chan struct{}, 2)

// Fit makes a picture of a file that fits into a box, no larger than it was. It is
// slow work, for a Prepare. Errors: ErrUnknown, ErrTooMany, ErrTooFew, and the
// context's while it waits for its turn.
func Fit(ctx context.Context, file []byte, width, height int) (Picture, error) {
	select {
	case turns <- struct{}{}:
		defer func() { <-turns }()
	case <-ctx.Done():
		return Picture{}, ctx.Err()
	}
	whole, err := read(file)
	if err != nil {
		return Picture{}, err
	}
	w, h := inside(whole.Bounds().Dx(), whole.Bounds().Dy(), width, height)
	fitted := image.NewNRGBA(image.Rect(0, 0, w, h))
	draw.CatmullRom.Scale(fitted, fitted.Bounds(), whole, whole.Bounds(), draw.Src, nil)
	var out bytes.Buffer
	if err := png.Encode(&out, fitted); err != nil {
		return Picture{}, err
	}
	return Picture{out.Bytes(), w, h}, nil
}

// read decodes a file. A decoder that panics has been given what is no picture.
func read(file []byte) (whole image.Image, err error) {
	defer func() {
		if recover() != nil {
			whole, err = nil, ErrUnknown
		}
	}()
	for _, d := range decoders {
		if !d.is(file) {
			continue
		}
		size, err := d.config(bytes.NewReader(file))
		if err != nil {
			return nil, ErrUnknown
		}
		if err := check(size.Width, size.Height); err != nil {
			return nil, err
		}
		whole, err := d.decode(bytes.NewReader(file))
		if err != nil {
			return nil, ErrUnknown
		}
		// A frame need not be as large as the picture that it belongs to.
		return whole, check(whole.Bounds().Dx(), whole.Bounds().Dy())
	}
	return nil, ErrUnknown
}

func check(width, height int) error {
	switch {
	case width > MaxSide || height > MaxSide || width*height > maxPixels:
		return ErrTooMany
	case width < MinSide || height < MinSide:
		return ErrTooFew
	}
	return nil
}

// inside is the size of a picture in a box.
func inside(width, height, boxWidth, boxHeight int) (int, int) {
	if width <= boxWidth && height <= boxHeight {
		return width, height
	}
	if width*boxHeight > height*boxWidth {
		return boxWidth, max(1, height*boxWidth/width)
	}
	return max(1, width*boxHeight/height), boxHeight
}
