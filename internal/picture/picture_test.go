package picture

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
)

// drawn is a picture of a size, half of it red and half of it clear.
func drawn(width, height int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width / 2 {
			m.Set(x, y, color.NRGBA{R: 200, A: 255})
		}
	}
	return m
}

func asPNG(width, height int) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, drawn(width, height)); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func asJPEG(width, height int) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, drawn(width, height), nil); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func asGIF(width, height int) []byte {
	var b bytes.Buffer
	if err := gif.Encode(&b, drawn(width, height), nil); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// asWebP is a picture of 16 by 16 pixels, without loss.
var asWebP = func() []byte {
	file, err := base64.StdEncoding.DecodeString("UklGRhwAAABXRUJQVlA4TA8AAAAvD8ADAAcQEf0PRET/Aw==")
	if err != nil {
		panic(err)
	}
	return file
}()

func TestFit(t *testing.T) {
	for name, test := range map[string]struct {
		file          []byte
		width, height int
	}{
		"a PNG that fits":      {asPNG(100, 40), 100, 40},
		"a wide PNG":           {asPNG(2048, 256), 512, 64},
		"a high JPEG":          {asJPEG(300, 600), 64, 128},
		"a GIF":                {asGIF(1024, 512), 256, 128},
		"as wide as may be":    {asPNG(4096, 16), 512, 2},
		"a WebP":               {asWebP, 16, 16},
		"a file with a tail":   {append(asPNG(64, 64), "<script>alert(1)</script>"...), 64, 64},
		"the smallest":         {asPNG(16, 16), 16, 16},
		"exactly in the box":   {asPNG(512, 128), 512, 128},
		"a pixel beyond it":    {asPNG(513, 128), 512, 127},
		"another pixel beyond": {asPNG(512, 129), 508, 128},
	} {
		got, err := Fit(t.Context(), test.file, 512, 128)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		m, err := png.Decode(bytes.NewReader(got.PNG))
		if err != nil || got.Width != test.width || got.Height != test.height || m.Bounds().Dx() != got.Width || m.Bounds().Dy() != got.Height {
			t.Errorf("%s: %d × %d, %v", name, got.Width, got.Height, err)
		}
		if bytes.Contains(got.PNG, []byte("script")) {
			t.Errorf("%s: something of the file is still there", name)
		}
	}
	clear, err := Fit(t.Context(), asPNG(1024, 256), 512, 128)
	if err != nil {
		t.Fatal(err)
	}
	m, _ := png.Decode(bytes.NewReader(clear.PNG))
	if _, _, _, a := m.At(500, 60).RGBA(); a != 0 {
		t.Error("what was clear is not")
	}
	if r, g, _, a := m.At(10, 60).RGBA(); a != 0xffff || r>>8 != 200 || g != 0 {
		t.Error("what was red is not")
	}
}

// claims is a PNG whose head says another size than it has.
func claims(width, height uint32) []byte {
	file := asPNG(16, 16)
	binary.BigEndian.PutUint32(file[16:], width)
	binary.BigEndian.PutUint32(file[20:], height)
	binary.BigEndian.PutUint32(file[29:], crc32.ChecksumIEEE(file[12:29]))
	return file
}

func TestHostileFiles(t *testing.T) {
	broken := asPNG(64, 64)
	broken[len(broken)-30] ^= 0xff
	screen := asGIF(64, 64)
	binary.LittleEndian.PutUint16(screen[6:], 0xffff) // the screen, not its frame
	binary.LittleEndian.PutUint16(screen[8:], 0xffff)
	for name, test := range map[string]struct {
		file []byte
		want error
	}{
		"nothing":                  {nil, ErrUnknown},
		"a text":                   {[]byte("hello"), ErrUnknown},
		"SVG":                      {[]byte(`<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><script>alert(1)</script></svg>`), ErrUnknown},
		"HTML":                     {[]byte("<!doctype html><script>alert(1)</script>"), ErrUnknown},
		"a PDF":                    {[]byte("%PDF-1.7\n"), ErrUnknown},
		"a BMP":                    {append([]byte("BM"), make([]byte, 100)...), ErrUnknown},
		"the head of a PNG":        {asPNG(64, 64)[:8], ErrUnknown},
		"half a PNG":               {asPNG(64, 64)[:80], ErrUnknown},
		"a PNG with a flipped bit": {broken, ErrUnknown},
		"half a JPEG":              {asJPEG(64, 64)[:200], ErrUnknown},
		"half a GIF":               {asGIF(64, 64)[:30], ErrUnknown},
		"half a WebP":              {asWebP[:20], ErrUnknown},
		"RIFF that is sound":       {[]byte("RIFF\x10\x00\x00\x00WAVEfmt "), ErrUnknown},
		"3 GB in 100 bytes":        {claims(30000, 30000), ErrTooMany},
		"beyond every number":      {claims(0x7fffffff, 0x7fffffff), ErrUnknown},
		"more than it has":         {claims(2048, 2048), ErrUnknown},
		"a wide one":               {asPNG(4097, 16), ErrTooMany},
		"a large one":              {claims(4096, 2049), ErrTooMany},
		"a screen without end":     {screen, ErrTooMany},
		"a pixel":                  {asPNG(1, 1), ErrTooFew},
		"a line":                   {asPNG(400, 15), ErrTooFew},
	} {
		if got, err := Fit(t.Context(), test.file, 512, 128); !errors.Is(err, test.want) || got.PNG != nil {
			t.Errorf("%s: %d × %d, %v", name, got.Width, got.Height, err)
		}
	}
}

func TestWhoWaitsForATurnMayGiveUp(t *testing.T) {
	for range cap(turns) {
		turns <- struct{}{}
	}
	defer func() {
		for range cap(turns) {
			<-turns
		}
	}()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Fit(ctx, asPNG(64, 64), 512, 128); !errors.Is(err, context.Canceled) {
		t.Errorf("gave up: %v", err)
	}
}

// FuzzFit: whatever is sent, there is a PNG in the box or one of three errors.
func FuzzFit(f *testing.F) {
	for _, file := range [][]byte{asPNG(20, 20), asJPEG(20, 20), asGIF(20, 20), asWebP, []byte(strings.Repeat("GIF89a", 9))} {
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		got, err := Fit(t.Context(), file, 64, 32)
		if err != nil {
			if !errors.Is(err, ErrUnknown) && !errors.Is(err, ErrTooMany) && !errors.Is(err, ErrTooFew) {
				t.Fatal(err)
			}
			return
		}
		size, err := png.DecodeConfig(bytes.NewReader(got.PNG))
		if err != nil || size.Width > 64 || size.Height > 32 || size.Width != got.Width || size.Height != got.Height {
			t.Fatalf("%d × %d, %v", size.Width, size.Height, err)
		}
	})
}
