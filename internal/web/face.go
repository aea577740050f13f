package web

import "roster/internal/web/ui"

// Face is an organization as its pages show it. Its color (#rrggbb) is a stylesheet, whose address changes with it.
func Face(name, slug, color string) ui.Org {
	org := ui.Org{Name: name, Slug: slug, Stylesheet: "/o/" + slug + "/brand.css?v=" + color[1:]}
	for _, r := range ui.Initials(name) {
		org.Mark = string(r)
		break
	}
	return org
}
