// Package web makes the exporter's pages for people: the status page and the
// manual. It renders what it is given and knows nothing of where that is from.
//
// The pages are whole without JavaScript, and load nothing from elsewhere. All
// their links are relative, so that they work behind a proxy that serves them
// under a prefix.
package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"
)

//go:embed page
var files embed.FS

// templates are the pages. Each has the frame around it.
type templates struct{ status, manual, contents, answer *template.Template }

// Pages serves the pages.
type Pages struct {
	templates templates
	static    map[string]asset
	manual    []ManualPage
}

// asset is a file that the pages load.
type asset struct {
	content []byte
	tag     string // changes with the content
}

// New makes the pages ready.
func New() (*Pages, error) {
	p := &Pages{static: map[string]asset{}}
	for _, name := range []string{"page.css", "page.js", "icon.svg"} {
		content, err := files.ReadFile("page/" + name)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(content)
		p.static[name] = asset{content, `"` + hex.EncodeToString(sum[:8]) + `"`}
	}
	for name, t := range map[string]**template.Template{
		"status": &p.templates.status, "manual": &p.templates.manual, "contents": &p.templates.contents, "answer": &p.templates.answer,
	} {
		var err error
		if *t, err = template.New("frame.html").Funcs(functions).ParseFS(files, "page/frame.html", "page/"+name+".html"); err != nil {
			return nil, err
		}
	}
	var err error
	if p.manual, err = Manual(); err != nil {
		return nil, fmt.Errorf("the manual: %w", err)
	}
	return p, nil
}

// functions write figures for people.
var functions = template.FuncMap{
	"count":    Count,
	"percent":  percentOf,
	"duration": Duration,
	"since":    Since,
	"clock":    Clock,
	"bytes":    bytesOf,
	"stamp":    func(at time.Time) string { return at.UTC().Format(time.RFC3339) },
	"at":       func(at, now time.Time) moment { return moment{at, now} },
	"relative": func(path string) string { return "./" + strings.TrimPrefix(path, "/") },
}

// moment is an instant that is shown by its distance from now.
type moment struct{ At, Now time.Time }

// frame is what stands around a page.
type frame struct {
	Title string
	Top   string // the way to the status page
	Fresh bool   // it refreshes itself
	Body  any
}

// Status renders the status page.
func (p *Pages) Status(page Page) ([]byte, error) {
	return render(p.templates.status, frame{Title: "Help desk exporter", Top: "./", Fresh: true, Body: page})
}

// Send sends a page that was rendered.
func Send(w http.ResponseWriter, code int, page []byte) {
	guard(w.Header())
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	_, _ = w.Write(page) // who has gone does not read it
}

// Answer is what came of something that was asked for.
type Answer struct {
	State State
	Word  string
	Says  string
}

// Answer writes an answer as a page. top is the way to the status page.
func (p *Pages) Answer(w http.ResponseWriter, code int, top string, a Answer) error {
	return write(w, code, p.templates.answer, frame{Title: a.Word + " · Help desk exporter", Top: top, Body: a})
}

// Contents writes the list of the pages of the manual.
func (p *Pages) Contents(w http.ResponseWriter) error {
	return write(w, http.StatusOK, p.templates.contents, frame{Title: "Manual · Help desk exporter", Top: "../", Body: p.manual})
}

// ManualPage writes a page of the manual. It reports whether there is one of
// that name.
func (p *Pages) ManualPage(w http.ResponseWriter, name string) (bool, error) {
	for i := range p.manual {
		if page := &p.manual[i]; page.Name == name {
			return true, write(w, http.StatusOK, p.templates.manual, frame{Title: page.Title + " · Help desk exporter", Top: "../", Body: page})
		}
	}
	return false, nil
}

// Static serves a file that the pages load.
func (p *Pages) Static(w http.ResponseWriter, r *http.Request, name string) {
	file, ok := p.static[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	guard(w.Header())
	w.Header().Set("Cache-Control", "no-cache") // it is asked for anew, and mostly has not changed
	w.Header().Set("ETag", file.tag)
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(file.content))
}

// write renders a page whole before the first byte goes out, so that what fails
// can still be told.
func write(w http.ResponseWriter, code int, t *template.Template, of frame) error {
	page, err := render(t, of)
	if err == nil {
		Send(w, code, page)
	}
	return err
}

func render(t *template.Template, of frame) ([]byte, error) {
	var b bytes.Buffer
	err := t.Execute(&b, of)
	return b.Bytes(), err
}

// guard lets a page load and send nothing but what the exporter itself serves,
// and stand in no other page. The referrer stays for the exporter's own forms:
// without it browsers do not say where a form comes from.
func guard(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "+
		"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Frame-Options", "DENY")
}
