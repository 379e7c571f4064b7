package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

func newPages(t *testing.T) *Pages {
	t.Helper()
	p, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// fullPage has something in every place, and names that would like to be more
// than text.
func fullPage(t *testing.T) Page {
	const evil = `<script>alert(1)</script>"'&`
	figures := acme(t, promised+day)
	figures.Desks = append(figures.Desks, Feeds{Desk: evil, Kinds: map[string]bool{kindSurvey: true}, Why: []string{evil}})
	trend := went(1, 2)
	trend.Family, trend.Identity = "helpdesk_csat_ratio", map[string]string{"survey": "after"}
	opened, solved := *trend, *trend
	opened.Family, opened.Identity = openedFamily, none
	solved.Family, solved.Identity = solvedFamily, none
	figures.Trends = map[string][]Trend{"acme": {*trend, opened, solved}}
	left := 1234.0
	return Page{
		Now: noon, Started: noon.Add(-time.Hour), Loaded: noon.Add(-time.Minute), Version: evil, Metrics: "/kpis", DueList: true,
		Reload: true, Stored: true, Size: 35e6, Window: evil, Pictures: evil, Desks: DesksOf(figures),
		Notices: []Notice{{ID: "n", Source: evil, Desk: evil, State: Bad, Word: evil}, {ID: "m", State: Bad, Word: evil, Title: evil, Says: []string{evil}, Do: evil, Manual: []Link{{evil, "./docs/runbooks"}}}},
		Sources: []Source{
			{
				ID: "zen", Desk: evil, Name: "zen", Type: "zendesk", State: Warning, Word: "First sync", Budget: &left,
				Rejects: []Tally{{"bad time", 2}}, Sync: &Sync{Pages: 3, From: noon.Add(-time.Hour), Reached: noon.Add(-30 * time.Minute)},
			},
			{ID: "evil", Desk: evil, Name: evil, Type: evil, State: Bad, Word: evil, Detail: evil, Polled: noon, Until: noon},
		},
	}
}

func statusPage(t *testing.T, page Page) []byte {
	t.Helper()
	body, err := newPages(t).Status(page)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// wellFormed fails where an element is not closed in its place, or an id is
// there twice.
func wellFormed(t *testing.T, page string) {
	t.Helper()
	void := []string{"meta", "link", "br", "hr", "img", "input"}
	var stack []string
	ids := map[string]bool{}
	for z := html.NewTokenizer(strings.NewReader(page)); ; {
		kind := z.Next()
		token := z.Token()
		for _, a := range token.Attr {
			if a.Key == "id" && ids[a.Val] {
				t.Errorf("two elements have the id %q", a.Val)
			} else if a.Key == "id" {
				ids[a.Val] = true
			}
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				t.Errorf("%s has the attribute %s, which the policy forbids", token.Data, a.Key)
			}
		}
		switch kind {
		case html.ErrorToken:
			if z.Err() != io.EOF || len(stack) > 0 {
				t.Errorf("at the end: %v, open: %q", z.Err(), stack)
			}
			return
		case html.StartTagToken:
			if token.Data == "script" && !slices.ContainsFunc(token.Attr, func(a html.Attribute) bool { return a.Key == "src" }) || token.Data == "style" {
				t.Errorf("an inline %s, which the policy forbids", token.Data)
			}
			if !slices.Contains(void, token.Data) {
				stack = append(stack, token.Data)
			}
		case html.EndTagToken:
			if len(stack) == 0 || stack[len(stack)-1] != token.Data {
				t.Fatalf("</%s> closes %q", token.Data, stack)
			}
			stack = stack[:len(stack)-1]
		}
	}
}

// hrefs returns where the links, forms and assets of a page lead.
func hrefs(page string) []string {
	var all []string
	for z := html.NewTokenizer(strings.NewReader(page)); z.Next() != html.ErrorToken; {
		for _, a := range z.Token().Attr {
			if slices.Contains([]string{"href", "src", "action"}, a.Key) {
				all = append(all, a.Val)
			}
		}
	}
	return all
}

func TestTheStatusPageIsWellFormedAndEscapesNames(t *testing.T) {
	for name, page := range map[string]Page{"full": fullPage(t), "empty": {Now: noon}} {
		w := httptest.NewRecorder()
		Send(w, http.StatusOK, statusPage(t, page))
		body := w.Body.String()
		wellFormed(t, body)
		if strings.Contains(body, "<script>") {
			t.Errorf("%s: a name is taken for markup:\n%s", name, body)
		}
		for _, href := range hrefs(body) {
			if !strings.HasPrefix(href, "./") && !strings.HasPrefix(href, "#") {
				t.Errorf("%s: %q is not relative: it would not work under a prefix", name, href)
			}
		}
	}
}

func TestTheStatusPageSays(t *testing.T) {
	w := httptest.NewRecorder()
	Send(w, http.StatusOK, statusPage(t, fullPage(t)))
	body := plain(w.Body.String())
	for _, want := range []string{
		`href="./kpis"`, `href="./config"`, `href="./due"`, `href="./docs/"`, `href="./-/healthy"`, `action="./-/reload"`,
		`page 3, at <time datetime="2026-03-02T11:30:00Z">11:30:00 UTC</time>`, `<progress max="1" value="0.5"`, `50 %</span>`,
		"1 234", "bad time 2", "none yet", "not known", "1 h</dd>", "on disk, 35 MB", "1 200", `<noscript><meta http-equiv="refresh"`,
		`role="status"`, "<strong>What to do:</strong>",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q", want)
		}
	}
	w = httptest.NewRecorder()
	Send(w, http.StatusOK, statusPage(t, Page{Now: noon, Metrics: "/metrics"}))
	for _, absent := range []string{"<form", `href="./due"`, `class="notice`, `id="desks"`} {
		if strings.Contains(w.Body.String(), absent) {
			t.Errorf("an empty page has %q", absent)
		}
	}
	if !strings.Contains(w.Body.String(), "SIGHUP") {
		t.Error("no word of how to reload without a button")
	}
}

func TestPagesAreGuarded(t *testing.T) {
	p := newPages(t)
	for name, serve := range map[string]func(w http.ResponseWriter) error{
		"status": func(w http.ResponseWriter) error {
			Send(w, http.StatusOK, statusPage(t, Page{Now: noon}))
			return nil
		},
		"contents": p.Contents,
		"manual":   func(w http.ResponseWriter) error { _, err := p.ManualPage(w, "operations"); return err },
		"answer": func(w http.ResponseWriter) error {
			return p.Answer(w, http.StatusOK, "../", Answer{State: Good, Word: "Done", Says: "<b>"})
		},
	} {
		w := httptest.NewRecorder()
		if err := serve(w); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		wellFormed(t, w.Body.String())
		policy := w.Header().Get("Content-Security-Policy")
		if strings.Contains(policy, "unsafe") || !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") {
			t.Errorf("%s: policy %q", name, policy)
		}
		for header, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cache-Control": "no-store",
			"Content-Type": "text/html; charset=utf-8",
		} {
			if got := w.Header().Get(header); got != want {
				t.Errorf("%s: %s is %q, want %q", name, header, got, want)
			}
		}
	}
}

func TestAssetsAreKnownByTheirContent(t *testing.T) {
	p := newPages(t)
	for name, kind := range map[string]string{
		"page.css": "text/css; charset=utf-8", "page.js": "text/javascript; charset=utf-8", "icon.svg": "image/svg+xml",
	} {
		w := httptest.NewRecorder()
		p.Static(w, httptest.NewRequest(http.MethodGet, "/", nil), name)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != kind || w.Body.Len() == 0 {
			t.Errorf("%s: %d %q, %d bytes", name, w.Code, w.Header().Get("Content-Type"), w.Body.Len())
		}
		again := httptest.NewRequest(http.MethodGet, "/", nil)
		again.Header.Set("If-None-Match", w.Header().Get("ETag"))
		w = httptest.NewRecorder()
		p.Static(w, again, name)
		if w.Code != http.StatusNotModified {
			t.Errorf("%s: asked for anew %d, want 304", name, w.Code)
		}
	}
	w := httptest.NewRecorder()
	p.Static(w, httptest.NewRequest(http.MethodGet, "/", nil), "frame.html")
	if w.Code != http.StatusNotFound {
		t.Errorf("a template is served: %d", w.Code)
	}
}
