package browser

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// startExample starts the exporter on the example, with all that it has read.
func startExample(t *testing.T) *exporter {
	t.Helper()
	e := start(t, example(t), "--web.enable-lifecycle")
	for _, source := range []string{"desk=\"demo\",source=\"simulation\"", "desk=\"csv\",source=\"tickets\"", "desk=\"csv\",source=\"calls\"", "desk=\"csv\",source=\"answers\""} {
		eventually(t, source+" is read", func() bool { return e.serves("helpdesk_source_sync_complete{" + source + "} 1") })
	}
	return e
}

func TestThePageShowsEachSourceToEverybody(t *testing.T) {
	e := startExample(t)
	for _, l := range looks() {
		t.Run(l.String(), func(t *testing.T) {
			b := openTab(t, l)
			b.show(e.url + "/")
			text := value[string](b, `document.querySelector("main").innerText`)
			for _, source := range []string{"simulation", "tickets", "calls", "answers"} {
				if !strings.Contains(text, source) {
					t.Errorf("the page does not speak of the source %s:\n%s", source, text)
				}
			}
			fits(b)
			accessible(b)
			b.quiet()
			b.keep("status " + l.String())
		})
	}
}

// fits expects that nobody has to scroll sideways.
func fits(b *tab) {
	b.t.Helper()
	if over := overflow(b); over > 0 {
		b.t.Errorf("the page is %d pixels wider than the screen", over)
	}
}

func overflow(b *tab) int {
	b.t.Helper()
	return value[int](b, `document.documentElement.scrollWidth - document.documentElement.clientWidth`)
}

// accessible lets axe-core judge the page as it is shown.
func accessible(b *tab) {
	b.t.Helper()
	for _, f := range findings(b) {
		for _, n := range f.Nodes {
			b.t.Errorf("axe-core: %s (%s): %s\n%s\n%s", f.ID, f.Impact, f.Help, n.HTML, n.FailureSummary)
		}
	}
}

// finding is what axe-core has to say of a page.
type finding struct {
	ID     string `json:"id"`
	Impact string `json:"impact"`
	Help   string `json:"help"`
	Nodes  []struct {
		HTML           string `json:"html"`
		FailureSummary string `json:"failureSummary"`
	} `json:"nodes"`
}

func findings(b *tab) []finding {
	b.t.Helper()
	axe, err := os.ReadFile(os.Getenv("AXE"))
	if err != nil {
		b.t.Fatal(err)
	}
	if !value[bool](b, string(axe)+"; typeof axe.run === 'function'") {
		b.t.Fatal("axe-core does not run")
	}
	return value[[]finding](b, `axe.run(document).then(r => r.violations)`)
}

func TestAFailingSourceIsShownAsFailing(t *testing.T) {
	e := start(t, `
sources:
  - name: broken
    type: freshdesk
    url: https://127.0.0.1:1
    basic_auth: {username: key, password: X}
`)
	eventually(t, "the first poll has failed", func() bool {
		return e.serves(`helpdesk_source_polls_total{desk="broken",outcome="unreachable",source="broken"} 1`)
	})
	for _, l := range looks() {
		t.Run(l.String(), func(t *testing.T) {
			b := openTab(t, l)
			b.show(e.url + "/")
			text := value[string](b, `document.querySelector("main").innerText`)
			if !strings.Contains(strings.ToLower(text), "failing") || !strings.Contains(text, "broken") {
				t.Errorf("the page does not say that the source fails:\n%s", text)
			}
			fits(b)
			accessible(b)
			b.quiet()
			b.keep("failing " + l.String())
		})
	}
}

func TestThePageIsWholeWithoutJavaScript(t *testing.T) {
	e := startExample(t)
	b := openTab(t, looks()[0])
	b.do(command(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
	b.show(e.url + "/")
	text, err := chromedp.Run(b, chromedp.Text(chromedp.CSS("main")))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"simulation", "demo", "csv", "CSAT", "Net Promoter", "SLA"} {
		if !strings.Contains(text, want) {
			t.Errorf("without JavaScript the page does not speak of %s", want)
		}
	}
}

func TestThePageRefreshesItself(t *testing.T) {
	e := startExample(t)
	b := openTab(t, looks()[0])
	b.show(e.url + "/")
	// What a script put there is gone once the content was exchanged, and what it
	// noted on the window is gone once the page was loaded anew.
	value[bool](b, `window.sameDocument = true; document.querySelector("main").firstElementChild.dataset.before = "yes"; true`)
	eventually(t, "other content", func() bool {
		return value[bool](b, `document.querySelector("main [data-before]") === null`)
	})
	if !value[bool](b, `window.sameDocument === true`) {
		t.Error("the page was loaded anew: what somebody was reading is gone")
	}
	b.quiet()

	e.stop()
	eventually(t, "a word about the exporter that does not answer", func() bool {
		return value[bool](b, `[...document.querySelectorAll("[aria-live], [role=status], [role=alert]")].some(e => e.offsetParent !== null && e.innerText.includes("does not answer"))`)
	})
}

func TestEachLinkCanBeReachedByKeyboardAndLeadsSomewhere(t *testing.T) {
	e := startExample(t)
	b := openTab(t, looks()[0])
	b.show(e.url + "/")
	want := value[int](b, `new Set([...document.querySelectorAll("a[href], button, summary, input")].filter(e => e.offsetParent !== null)).size`)
	reached := map[string]bool{}
	for range want + 5 {
		b.do(chromedp.KeyEvent(kb.Tab))
		reached[value[string](b, `(() => { const e = document.activeElement; const all = [...document.querySelectorAll("a[href], button, summary, input")]; return e === document.body ? "" : String(all.indexOf(e)) })()`)] = true
	}
	delete(reached, "")
	if len(reached) < want {
		t.Errorf("the keyboard reaches %d of %d", len(reached), want)
	}
	links := value[[]string](b, `[...document.querySelectorAll("a[href]")].map(e => e.href)`)
	for _, link := range links {
		if status := value[int](b, fmt.Sprintf(`fetch(%q).then(r => r.status)`, link)); status != 200 {
			t.Errorf("%s answers %d", link, status)
		}
	}
	if len(links) < 5 {
		t.Errorf("there are only %d links", len(links))
	}
}

func TestTheManualIsReadable(t *testing.T) {
	e := startExample(t)
	for _, l := range looks() {
		t.Run(l.String(), func(t *testing.T) {
			b := openTab(t, l)
			b.show(e.url + "/")
			for _, page := range []string{"docs/", "runbooks"} {
				link := value[string](b, fmt.Sprintf(`[...document.querySelectorAll("a[href]")].map(e => e.href).find(h => h.includes(%q)) || ""`, page))
				if link == "" {
					t.Fatalf("no link leads to %s", page)
				}
				b.show(link)
			}
			fits(b)
			accessible(b)
			b.quiet()
			b.keep("runbooks " + l.String())
		})
	}
}

func TestNobodyScrollsSideways(t *testing.T) {
	const long = "a_name_that_is_longer_than_a_phone_is_wide_and_has_no_blank_where_it_could_be_broken_into_lines"
	e := start(t, example(t)+`
  - name: `+long+`
    type: simulate
`)
	eventually(t, "all is read", func() bool {
		return e.serves(`helpdesk_source_sync_complete{desk="` + long + `",source="` + long + `"} 1`)
	})
	for _, width := range []int64{320, 390, 700, 768, 900, 1024, 1280} {
		l := look{width, 1000, false}
		t.Run(l.String(), func(t *testing.T) {
			b := openTab(t, l)
			b.show(e.url + "/")
			fits(b)
			b.keep("wide " + l.String())
		})
	}
}

// Who has folded a desk open stays with it when another goes.
func TestARefreshKeepsToTheDeskThatIsLookedAt(t *testing.T) {
	desk := func(name string) string { return "  - {name: " + name + ", type: simulate}\n" }
	e := start(t, "sources:\n"+desk("a")+desk("b")+desk("c")+desk("d")+desk("e"), "--web.enable-lifecycle")
	b := openTab(t, looks()[0])
	b.show(e.url + "/")
	const find = `const of = (name) => [...document.querySelectorAll("section.desk")].find(s => s.querySelector("h2 bdi").innerText === name);`
	value[bool](b, `{`+find+` of("d").querySelector("details").open = true; of("d").querySelector("summary").focus(); true}`)
	if err := os.WriteFile(e.config, []byte("sources:\n"+desk("b")+desk("c")+desk("d")+desk("e")), 0o600); err != nil {
		t.Fatal(err)
	}
	if code := value[int](b, `fetch("./-/reload", {method: "POST"}).then(r => r.status)`); code != 200 {
		t.Fatalf("the reload answers %d", code)
	}
	value[bool](b, `document.dispatchEvent(new Event("visibilitychange"))`)
	eventually(t, "the desk a is gone", func() bool { return value[bool](b, `{`+find+` of("a") === undefined}`) })
	if !value[bool](b, `{`+find+` of("d").querySelector("details").open}`) || value[bool](b, `{`+find+` of("e").querySelector("details").open}`) {
		t.Error("another desk is folded open than before")
	}
	if !value[bool](b, `{`+find+` of("d").querySelector("summary") === document.activeElement}`) {
		t.Error("the focus has left the desk")
	}
}
