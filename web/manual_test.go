package web

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// idsOf returns the ids of a page.
func idsOf(page string) []string {
	var ids []string
	for z := html.NewTokenizer(strings.NewReader(page)); z.Next() != html.ErrorToken; {
		for _, a := range z.Token().Attr {
			if a.Key == "id" {
				ids = append(ids, a.Val)
			}
		}
	}
	return ids
}

func TestLinksOfTheManualLeadSomewhere(t *testing.T) {
	pages, err := Manual()
	if err != nil {
		t.Fatal(err)
	}
	if len(pages) < 7 {
		t.Fatalf("%d pages, want the whole manual", len(pages))
	}
	anchorsOf := map[string][]string{}
	for _, p := range pages {
		anchorsOf[p.Name] = idsOf(string(p.HTML))
	}
	for _, p := range pages {
		wellFormed(t, string(p.HTML))
		if p.Title == "" {
			t.Errorf("%s has no title", p.Name)
		}
		for _, href := range hrefs(string(p.HTML)) {
			if strings.Contains(href, "://") {
				continue
			}
			name, anchor, anchored := strings.Cut(href, "#")
			if name == "" {
				name = p.Name
			}
			ids, ok := anchorsOf[name]
			if !ok || anchored && !slices.Contains(ids, anchor) {
				t.Errorf("%s: %q leads nowhere", p.Name, href)
			}
		}
	}
	// What the status page links to.
	links := hrefs(string(statusPage(t, fullPage(t))))
	for _, s := range sections {
		for _, k := range s.kpis {
			links = append(links, kpiManual(k.manual))
		}
	}
	for _, href := range links {
		to, manual := strings.CutPrefix(href, "./docs/")
		name, anchor, anchored := strings.Cut(to, "#")
		if manual && anchored && !slices.Contains(anchorsOf[name], anchor) {
			t.Errorf("the status page: %q leads nowhere", href)
		}
	}
}

func TestMarkdownOfTheManual(t *testing.T) {
	source := "# A *page*\n\n" +
		"[other](other.md#some-part), [here](#a-page), [far](https://example.com/x.md), [file](../config.example.yml), [gone](gone.md)\n\n" +
		"## service_levels: `a`, b\n\n## Again\n\n## Again\n\n| a | |\n|---|---|\n| 1 | 2 |\n\n```\ncode\n```\n\n<script>alert(1)</script>\n"
	page, err := manualPage([]byte(source), func(name string) bool { return name == "other.md" })
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`<a href="other#some-part">other</a>`, `<a href="#a-page">here</a>`, `<a href="https://example.com/x.md">far</a>`,
		", file, gone</p>", `<h2 id="service_levels-a-b">`, `<h2 id="again">`, `<h2 id="again-1">`,
		"<th>a</th>\n<td></td>", `role="group" aria-label="Table" tabindex="0"><table>`, `<pre tabindex="0"><code>code`,
	} {
		if !strings.Contains(string(page.HTML), want) {
			t.Errorf("no %q in\n%s", want, page.HTML)
		}
	}
	if strings.Contains(string(page.HTML), "<script>") {
		t.Errorf("markup of a page is taken as such:\n%s", page.HTML)
	}
	wellFormed(t, string(page.HTML))
}

func TestAPageOfTheManualThatIsNotThere(t *testing.T) {
	w := httptest.NewRecorder()
	if found, err := newPages(t).ManualPage(w, "../web"); found || err != nil || w.Body.Len() > 0 {
		t.Errorf("found %v, %v, %d bytes", found, err, w.Body.Len())
	}
}
