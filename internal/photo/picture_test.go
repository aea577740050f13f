package photo

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"roster/internal/errs"
)

var (
	red  = color.RGBA{220, 20, 20, 255}
	blue = color.RGBA{20, 20, 220, 255}
)

// halves is a picture whose left half is red and whose right half is blue.
func halves(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			if c := red; x < w/2 {
				m.SetRGBA(x, y, c)
			} else {
				m.SetRGBA(x, y, blue)
			}
		}
	}
	return m
}

func asJPEG(m image.Image) []byte {
	var b bytes.Buffer
	_ = jpeg.Encode(&b, m, &jpeg.Options{Quality: 95})
	return b.Bytes()
}

func asPNG(m image.Image) []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, m)
	return b.Bytes()
}

func asGIF(m image.Image) []byte {
	var b bytes.Buffer
	_ = gif.Encode(&b, m, nil)
	return b.Bytes()
}

// asWebP is one pixel.
func asWebP() []byte {
	b, _ := base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
	return b
}

// claims is a PNG file that is nothing but a head.
func claims(w, h uint32, depth, model byte) []byte {
	chunk := append([]byte("IHDR"), binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)...)
	chunk = append(chunk, depth, model, 0, 0, 0)
	file := append([]byte("\x89PNG\r\n\x1a\n"), 0, 0, 0, 13)
	file = append(file, chunk...)
	return binary.BigEndian.AppendUint32(file, crc32.ChecksumIEEE(chunk))
}

// sof is where the frame header of a JPEG file begins.
func sof(file []byte) int { return bytes.Index(file, []byte{0xff, 0xc0}) }

// grown is a JPEG file that claims to be larger than it is, and to come in passes.
func grown(w, h uint16, progressive bool) []byte {
	file := asJPEG(halves(16, 16))
	at := sof(file)
	binary.BigEndian.PutUint16(file[at+5:], h)
	binary.BigEndian.PutUint16(file[at+7:], w)
	if progressive {
		file[at+1] = 0xc2
	}
	return file
}

// held adds an EXIF segment that says how the camera was held, and where.
func held(file []byte, orientation byte) []byte {
	exif := append([]byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x02"),
		0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0,
		0x01, 0x0e, 0, 2, 0, 0, 0, 4, 'G', 'P', 'S', '!',
		0, 0, 0, 0)
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(exif)+2))
	return bytes.Join([][]byte{file[:2], segment, exif, file[2:]}, nil)
}

func code(err error) string {
	e, ok := errors.AsType[*errs.Error](err)
	if !ok {
		return fmt.Sprint(err)
	}
	if len(e.Fields) > 0 {
		return e.Fields[0].Code
	}
	return e.Code
}

func decoded(t testing.TB, p Picture) image.Image {
	t.Helper()
	m, format, err := image.Decode(bytes.NewReader(p.Image))
	if err != nil || "image/"+format != string(p.Kind) || m.Bounds() != image.Rect(0, 0, side, side) {
		t.Fatalf("a %s of %s: %v", format, p.Kind, err)
	}
	return m
}

func near(a, b color.Color) bool {
	r1, g1, b1, _ := a.RGBA()
	r2, g2, b2, _ := b.RGBA()
	far := func(x, y uint32) bool { return max(x, y)-min(x, y) > 60<<8 }
	return !far(r1, r2) && !far(g1, g2) && !far(b1, b2)
}

func TestPicturesThatAreTaken(t *testing.T) {
	clear := halves(300, 300)
	clear.SetRGBA(0, 0, color.RGBA{})
	for name, test := range map[string]struct {
		file []byte
		kind Kind
	}{
		"JPEG":                 {asJPEG(halves(640, 480)), JPEG},
		"PNG":                  {asPNG(halves(640, 480)), JPEG},
		"a PNG to see through": {asPNG(clear), PNG},
		"a PNG of 16 bits":     {asPNG(image.NewGray16(image.Rect(0, 0, 300, 300))), JPEG},
		"GIF":                  {asGIF(halves(640, 480)), JPEG},
		"WebP":                 {asWebP(), PNG},
		"one pixel":            {asPNG(halves(1, 1)), JPEG},
		"a line":               {asPNG(halves(3000, 1)), JPEG},
		"gray":                 {asJPEG(image.NewGray(image.Rect(0, 0, 50, 70))), JPEG},
	} {
		p, err := Draw(t.Context(), test.file)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if decoded(t, p); p.Kind != test.kind && name != "WebP" {
			t.Errorf("%s: %s", name, p.Kind)
		}
	}
}

func TestFilesThatAreRefused(t *testing.T) {
	photo := asJPEG(halves(640, 480))
	screen := append([]byte("GIF89a"), 0xff, 0xff, 0xff, 0xff, 0, 0, 0)
	for name, test := range map[string]struct {
		file []byte
		want string
	}{
		"nothing":                    {nil, "required"},
		"5 MiB and a byte":           {append(bytes.Clone(photo), make([]byte, MaxBytes-len(photo)+1)...), "too_large"},
		"text":                       {[]byte("hello"), "unknown_format"},
		"HTML":                       {[]byte("<html><script>alert(1)</script>"), "unknown_format"},
		"SVG":                        {[]byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), "unknown_format"},
		"a page that ends in a JPEG": {append([]byte("<html>"), photo...), "unknown_format"},
		"BMP":                        {[]byte("BM" + strings.Repeat("\x00", 60)), "unknown_format"},
		"the beginning of a JPEG":    {photo[:20], "damaged"},
		"half a JPEG":                {photo[:len(photo)/2], "damaged"},
		"half a PNG":                 {asPNG(halves(640, 480))[:300], "damaged"},
		"half a GIF":                 {asGIF(halves(640, 480))[:900], "damaged"},
		"half a WebP":                {asWebP()[:26], "damaged"},
		"a PNG of nothing":           {claims(0, 0, 8, 2), "damaged"},
		"a PNG that is but a head":   {claims(300, 300, 8, 2), "damaged"},
		"a PNG as large as a field":  {claims(100_000, 100_000, 8, 2), "too_many_pixels"},
		"a PNG a pixel too large":    {claims(1, MaxPixels+1, 8, 2), "too_many_pixels"},
		"a PNG of 16 bits, too deep": {claims(6000, 6000, 16, 6), "too_many_pixels"},
		"a GIF screen":               {screen, "too_many_pixels"},
		"a JPEG that grew":           {grown(65535, 65535, false), "too_many_pixels"},
		"a JPEG of passes":           {grown(6000, 6000, true), "too_many_pixels"},
		"a JPEG that lies":           {grown(6000, 6000, false), "damaged"},
	} {
		if _, err := Draw(t.Context(), test.file); code(err) != test.want {
			t.Errorf("%s: %v, want %s", name, err, test.want)
		}
	}
}

// A file can be two things at once. What we make of it is one.
func TestNothingOfTheFileSurvives(t *testing.T) {
	const evil = "PK\x03\x04<script>alert(1)</script>GPS!"
	for name, file := range map[string][]byte{
		"behind a JPEG": append(held(asJPEG(halves(300, 300)), 1), evil...),
		"behind a PNG":  append(asPNG(halves(300, 300)), evil...),
		"behind a GIF":  append(asGIF(halves(300, 300)), evil...),
	} {
		p, err := Draw(t.Context(), file)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		decoded(t, p)
		for _, part := range []string{"script", "PK\x03\x04", "Exif", "GPS!"} {
			if bytes.Contains(p.Image, []byte(part)) {
				t.Errorf("%s: %q survives", name, part)
			}
		}
	}
}

func TestTheMiddleIsKept(t *testing.T) {
	wide := image.NewRGBA(image.Rect(0, 0, 900, 300))
	for y := range 300 {
		for x := range 900 {
			if c := blue; x >= 300 && x < 600 {
				wide.SetRGBA(x, y, red)
			} else {
				wide.SetRGBA(x, y, c)
			}
		}
	}
	p, err := Draw(t.Context(), asPNG(wide))
	if err != nil {
		t.Fatal(err)
	}
	m := decoded(t, p)
	for _, at := range []image.Point{{4, 4}, {128, 128}, {251, 251}} {
		if !near(m.At(at.X, at.Y), red) {
			t.Errorf("at %v: %v", at, m.At(at.X, at.Y))
		}
	}
}

func TestCamerasAreHeldInEightWays(t *testing.T) {
	// Where red is to be seen, of a picture whose left half is red.
	left, right, top, bottom := image.Pt(60, 128), image.Pt(196, 128), image.Pt(128, 60), image.Pt(128, 196)
	for orientation, want := range []image.Point{left, left, right, right, left, top, top, bottom, bottom, left} {
		p, err := Draw(t.Context(), held(asJPEG(halves(400, 400)), byte(orientation)))
		if err != nil {
			t.Fatal(err)
		}
		if m := decoded(t, p); !near(m.At(want.X, want.Y), red) || !near(m.At(255-want.X, 255-want.Y), blue) {
			t.Errorf("orientation %d: no red at %v", orientation, want)
		}
	}
}

func TestWhoGivesUpDoesNotDraw(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	turn <- struct{}{} // somebody draws
	defer func() { <-turn }()
	if _, err := Draw(ctx, asPNG(halves(10, 10))); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	for range cap(waiting) {
		waiting <- struct{}{}
	}
	defer func() {
		for range cap(waiting) {
			<-waiting
		}
	}()
	if _, err := Draw(t.Context(), asPNG(halves(10, 10))); code(err) != "overloaded" {
		t.Errorf("when many wait: %v", err)
	}
}

func FuzzDraw(f *testing.F) {
	for _, file := range [][]byte{
		asJPEG(halves(30, 20)), asPNG(halves(30, 20)), asGIF(halves(30, 20)), asWebP(), held(asJPEG(halves(8, 8)), 6),
		grown(600, 600, true), claims(20, 20, 16, 6),
	} {
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		p, err := Draw(t.Context(), file)
		if err != nil {
			if _, refused := errors.AsType[*errs.Error](err); !refused {
				t.Fatal(err)
			}
			return
		}
		decoded(t, p)
	})
}
