package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

//go:embed assets
var assetFiles embed.FS

// AssetPath is where [Assets] must be mounted.
const AssetPath = "/assets/"

// asset is one file as it is served. Its address holds a hash of its content, so browsers may keep it for good.
type asset struct {
	href, kind    string
	plain, zipped []byte // zipped is nil for what does not get smaller
}

var (
	kinds = map[string]string{
		".css":   "text/css; charset=utf-8",
		".js":    "text/javascript; charset=utf-8",
		".svg":   "image/svg+xml",
		".woff2": "font/woff2",
	}
	cssURL = regexp.MustCompile(`url\("([^"]+)"\)`)
)

// assets are all files by name, made once.
var assets = sync.OnceValue(func() map[string]asset {
	all := map[string]asset{}
	for _, name := range []string{"inter-latin.woff2", "inter-latin-ext.woff2", "icons.svg", "favicon.svg", "htmx.js", "portal.js"} {
		all[name] = newAsset(name, read(name))
	}
	// One stylesheet. The order matters: tokens.css begins with the order of the layers.
	sheet := bytes.Join([][]byte{read("tokens.css"), read("fonts.css"), read("portal.css")}, []byte("\n"))
	all["portal.css"] = newAsset("portal.css", cssURL.ReplaceAllFunc(sheet, func(found []byte) []byte {
		name := string(cssURL.FindSubmatch(found)[1])
		return fmt.Appendf(nil, "url(%q)", mustAsset(all, name).href)
	}))
	return all
})

// Asset returns the address of a file in assets, such as /assets/portal.3f9c2a71d05b.css.
func Asset(name string) string { return mustAsset(assets(), name).href }

// Assets serves the files under [AssetPath]: compressed once, to be kept by browsers for good.
func Assets() http.Handler {
	byHref := map[string]asset{}
	for _, a := range assets() {
		byHref[a.href] = a
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := byHref[r.URL.Path]
		switch {
		case !ok:
			http.NotFound(w, r)
			return
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		body, h := a.plain, w.Header()
		h.Set("Content-Type", a.kind)
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("X-Content-Type-Options", "nosniff")
		if a.zipped != nil {
			h.Set("Vary", "Accept-Encoding")
			if acceptsGzip(r.Header.Get("Accept-Encoding")) {
				h.Set("Content-Encoding", "gzip")
				body = a.zipped
			}
		}
		h.Set("Content-Length", strconv.Itoa(len(body)))
		if r.Method == http.MethodGet {
			_, _ = w.Write(body) // the browser has gone: nobody to tell
		}
	})
}

// acceptsGzip reads Accept-Encoding as far as it matters here: gzip named, and not with weight 0.
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(part, ";")
		if strings.TrimSpace(name) == "gzip" {
			q, err := strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(weight), "q="), 64)
			return err != nil || q > 0
		}
	}
	return false
}

func newAsset(name string, content []byte) asset {
	sum := sha256.Sum256(content)
	ext := path.Ext(name)
	a := asset{
		href:  AssetPath + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext,
		kind:  kinds[ext],
		plain: content,
	}
	if ext != ".woff2" {
		var zipped bytes.Buffer
		z, _ := gzip.NewWriterLevel(&zipped, gzip.BestCompression)
		_, _ = z.Write(content) // a bytes.Buffer does not fail
		_ = z.Close()
		a.zipped = zipped.Bytes()
	}
	return a
}

func read(name string) []byte {
	content, err := assetFiles.ReadFile("assets/" + name)
	if err != nil {
		panic(err) // embedded: the program was built without it
	}
	return content
}

func mustAsset(all map[string]asset, name string) asset {
	a, ok := all[name]
	if !ok {
		panic("ui: no asset " + name)
	}
	return a
}
