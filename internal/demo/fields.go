package demo

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"

	customfield "roster/internal/field"
	"roster/internal/org"
	"roster/internal/patch"
	"roster/internal/self"
	"roster/internal/user"
)

// nordlysFields are what Nordlys keeps about its people beside the usual.
func nordlysFields(s *story) {
	act(s, on(21, 1411), astrid, customfield.Create, func() customfield.New {
		return customfield.New{Key: "personnel_number", Name: "Personnel number", Kind: customfield.Text}
	})
	act(s, on(21, 1415), astrid, customfield.Create, func() customfield.New {
		return customfield.New{Key: "jacket", Name: "Jacket size", Kind: customfield.Choice, Choices: []string{"S", "M", "L", "XL"}, PersonMayEdit: true}
	})
	sizes := []string{"M", "L", "S", "XL"}
	for i, email := range of(field, maya, astrid, siobhan) {
		act(s, on(21, 1420), astrid, user.Change, func() user.Update {
			given := customfield.Given{"personnel_number": fmt.Sprintf("NL-%04d", 1040+17*i)}
			if i%3 != 0 {
				given["jacket"] = sizes[i%len(sizes)]
			}
			return user.Update{ID: s.users[email], Fields: user.Fields{Custom: patch.To(given)}}
		})
	}
	act(s, on(20, 1102), maya, self.Update, func() self.Change {
		return self.Change{Fields: user.Fields{Custom: patch.To(customfield.Given{"jacket": "M"})}}
	})
	act(s, on(20, 1015), maya, org.SetLogo, func() org.NewLogo { return org.NewLogo{Image: northernLights()} })
}

// northernLights is the logo of Nordlys: three arcs above a horizon, from green to
// violet.
func northernLights() []byte {
	const side, horizon = 512, 400.0
	arcs := []struct {
		radius, width float64
		inner, outer  color.NRGBA
	}{
		{340, 30, color.NRGBA{90, 70, 200, 255}, color.NRGBA{120, 80, 210, 255}},
		{245, 30, color.NRGBA{20, 120, 190, 255}, color.NRGBA{60, 90, 205, 255}},
		{150, 30, color.NRGBA{10, 160, 130, 255}, color.NRGBA{15, 140, 160, 255}},
	}
	picture := image.NewNRGBA(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			dx, dy := float64(x)-side/2, float64(y)-horizon
			for _, a := range arcs {
				switch off := math.Hypot(dx, dy) - a.radius; {
				case dy < 0 && math.Abs(off) <= a.width && math.Abs(dx) < side/2-8:
					picture.SetNRGBA(x, y, between(a.inner, a.outer, (off+a.width)/(2*a.width)))
				case dy >= 22 && dy < 50 && math.Abs(dx) < side/2-40:
					picture.SetNRGBA(x, y, color.NRGBA{30, 50, 110, 255})
				}
			}
		}
	}
	var file bytes.Buffer
	if err := png.Encode(&file, picture); err != nil {
		return nil // memory does not fail
	}
	return file.Bytes()
}

func between(a, b color.NRGBA, share float64) color.NRGBA {
	mix := func(x, y uint8) uint8 { return uint8(float64(x) + (float64(y)-float64(x))*share) }
	return color.NRGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 255}
}
