package mail

import (
	"fmt"
	"math"
	"strconv"
)

// defaultColor is the accent of the portal.
const defaultColor = "#3a57d0"

// Relative luminance bounds, from the contrast formula of WCAG 2: (lighter + 0.05) / (darker + 0.05).
const (
	// whiteOn is the most that a ground may have to carry white text at 4.6:1, a little over AA.
	whiteOn = 1.05/4.6 - 0.05
	// seenOnDark is the least that a button needs to stand out 3:1 from the dark card (#1b1e24).
	seenOnDark = 3*(0.0128+0.05) - 0.05
	// readOnDark is the least that text needs on the dark card, well over AA.
	readOnDark = 7*(0.0128+0.05) - 0.05
)

// palette is an organization's color in the three roles that it has in a letter. Text in Solid, SolidDark is white.
type palette struct{ Solid, SolidDark, InkDark string }

// paletteOf keeps the hue of an organization's color and moves its lightness to where it can be read.
func paletteOf(color string) palette {
	c, ok := parseColor(color)
	if !ok {
		c, _ = parseColor(defaultColor)
	}
	return palette{
		Solid:     c.within(0, whiteOn).hex(),
		SolidDark: c.within(seenOnDark, whiteOn).hex(),
		InkDark:   c.within(readOnDark, 1).hex(),
	}
}

// linear is a color in linear light, each channel from 0 to 1.
type linear [3]float64

func parseColor(s string) (linear, bool) {
	if len(s) != 7 || s[0] != '#' {
		return linear{}, false
	}
	n, err := strconv.ParseUint(s[1:], 16, 32)
	if err != nil {
		return linear{}, false
	}
	var c linear
	for i := range c {
		v := float64(n>>(16-8*i)&0xff) / 255
		if v <= 0.04045 {
			c[i] = v / 12.92
		} else {
			c[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return c, true
}

func (c linear) luminance() float64 { return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2] }

// within mixes c with white or black until its luminance is between least and most.
func (c linear) within(least, most float64) linear {
	lum := c.luminance()
	switch {
	case lum < least:
		t := (least - lum) / (1 - lum)
		for i := range c {
			c[i] += (1 - c[i]) * t
		}
	case lum > most:
		for i := range c {
			c[i] *= most / lum
		}
	}
	return c
}

func (c linear) hex() string {
	var rgb [3]int
	for i, v := range c {
		if v <= 0.0031308 {
			v *= 12.92
		} else {
			v = 1.055*math.Pow(v, 1/2.4) - 0.055
		}
		rgb[i] = int(math.Round(v * 255))
	}
	return fmt.Sprintf("#%02x%02x%02x", rgb[0], rgb[1], rgb[2])
}
