package demo

import (
	"bytes"
	"image"
	"image/color"
	"image/png"

	"roster/internal/org"
	"roster/internal/patch"
	"roster/internal/photo"
)

// nordlysFaces has rules for passwords, and photos of some people.
func nordlysFaces(s *story) {
	act(s, on(58, 930), astrid, org.UpdateSettings, func() org.SettingsChange {
		return org.SettingsChange{PasswordChange: org.PasswordChange{
			PasswordHistory: patch.To(3), AdminPasswordMinLength: patch.To(18), AdminPasswordHistory: patch.To(10), AdminPasswordExpiryDays: patch.To(365),
		}}
	})
	for i, email := range []string{maya, siobhan, "lars.odegard@nordlys.example", "priya@nordlys.example", "minh.khai@nordlys.example"} {
		act(s, on(40-i, 1105+i), email, photo.Set, func() photo.Upload { return photo.Upload{File: portrait(i)} })
	}
}

// palettes are the grounds, skins and clothes of those who have a photo.
var palettes = [][3]color.RGBA{
	{{0xcf, 0xde, 0xf3, 255}, {0xf1, 0xc9, 0xa5, 255}, {0x35, 0x4f, 0x7d, 255}},
	{{0xd9, 0xec, 0xdc, 255}, {0xf5, 0xd6, 0xc0, 255}, {0x2f, 0x6b, 0x4f, 255}},
	{{0xf3, 0xe3, 0xcf, 255}, {0xe8, 0xb8, 0x90, 255}, {0x8a, 0x4b, 0x2c, 255}},
	{{0xf0, 0xd9, 0xe6, 255}, {0xa8, 0x70, 0x4a, 255}, {0x7a, 0x2f, 0x5d, 255}},
	{{0xde, 0xda, 0xf4, 255}, {0xf3, 0xcd, 0xb2, 255}, {0x4a, 0x3f, 0x8c, 255}},
}

// portrait draws somebody who does not exist: a head above shoulders.
func portrait(i int) []byte {
	const size = 320
	colors := palettes[i%len(palettes)]
	m := image.NewRGBA(image.Rect(0, 0, size, size))
	for y := range size {
		for x := range size {
			c := colors[0]
			switch {
			case within(x, y, size/2, 130, 68, 82):
				c = colors[1]
			case within(x, y, size/2, 330, 130, 110):
				c = colors[2]
			}
			m.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	_ = png.Encode(&b, m) // into memory, which does not fail
	return b.Bytes()
}

// within reports whether a point lies in an ellipse.
func within(x, y, cx, cy, rx, ry int) bool {
	dx, dy := x-cx, y-cy
	return dx*dx*ry*ry+dy*dy*rx*rx <= rx*rx*ry*ry
}
