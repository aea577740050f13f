package web

import (
	"encoding/base64"
	"encoding/json"
	"time"

	"roster/internal/secret"
	"roster/internal/web/ui"
)

// flashFor is how long a flash waits for its page.
const flashFor = 5 * time.Minute

// maxFlash keeps the cookie within what all browsers accept, sealed and encoded.
const maxFlash = 1200

var flashPlace = secret.Place{Table: "cookies", Row: flashCookie, Column: "value"}

// sealedFlash is what the cookie holds.
type sealedFlash struct {
	ui.Flash
	Until int64
}

// Flash says f once, on the next page. It travels sealed in a cookie: nobody else can put words into our pages, or read
// whose name stood in them. A flash that is too long is left out.
func (c *Context) Flash(f ui.Flash) {
	clear, err := json.Marshal(sealedFlash{f, time.Now().Add(flashFor).Unix()})
	if err != nil || len(clear) > maxFlash {
		return
	}
	sealed := c.kit.door.Keys().Seal(flashPlace, clear)
	c.keep(c.kit.cookie(flashCookie, base64.RawURLEncoding.EncodeToString(sealed), time.Time{}))
}

// takeFlash is the flash that waits, if there is one; the browser forgets it with this answer.
func (c *Context) takeFlash() *ui.Flash {
	value := c.kit.read(c.r, flashCookie)
	if value == "" {
		return nil
	}
	c.keep(c.kit.gone(flashCookie))
	sealed, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil {
		return nil
	}
	var f sealedFlash
	clear, err := c.kit.door.Keys().Open(flashPlace, sealed)
	if err != nil || json.Unmarshal(clear, &f) != nil || time.Now().Unix() > f.Until {
		return nil
	}
	return &f.Flash
}
