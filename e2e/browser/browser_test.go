// Package browser looks at the status page with a real browser. It is a module
// of its own, so that what drives the browser never weighs on the exporter.
package browser

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long the slowest thing may take on a busy machine.
const patience = time.Minute

// exporterBinary is the exporter under test.
var exporterBinary string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "browser")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	exporterBinary = filepath.Join(dir, "helpdesk_exporter")
	build := exec.Command("go", "build", "-o", exporterBinary, ".")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the exporter: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// tab is an open page, and what the browser complained of.
type tab struct {
	context.Context
	t          *testing.T
	complaints chan string
}

// look is how somebody looks at a page.
type look struct {
	width, height int64
	dark          bool
}

func (l look) String() string {
	theme := "light"
	if l.dark {
		theme = "dark"
	}
	return fmt.Sprintf("%s %d", theme, l.width)
}

// looks are a screen and a phone, by day and by night.
func looks() []look {
	return []look{{1280, 1000, false}, {1280, 1000, true}, {390, 844, false}, {390, 844, true}}
}

// openTab starts a browser with an empty page. Without Chromium there is nothing
// to look with, without axe-core nothing to judge by.
func openTab(t *testing.T, l look) *tab {
	t.Helper()
	chromium := os.Getenv("CHROMIUM")
	if chromium == "" {
		var err error
		if chromium, err = exec.LookPath("chromium"); err != nil {
			t.Skipf("neither CHROMIUM nor the PATH has one: %v", err)
		}
	}
	if os.Getenv("AXE") == "" {
		t.Skip("AXE names no axe.min.js: scripts/axe.sh fetches one")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium),
		chromedp.NoSandbox, // a container's root has none
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.UserDataDir(t.TempDir()),
		chromedp.WindowSize(int(l.width), int(l.height)),
	)
	allocator, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	page, closeTab := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		_ = chromedp.Cancel(page) // the browser's end is not what is tested
		closeTab()
	})
	b := &tab{Context: page, t: t, complaints: make(chan string, 100)}
	scheme := "light"
	if l.dark {
		scheme = "dark"
	}
	// The browser lives as long as the context that first asks it for something.
	if err := chromedp.Do(page); err != nil {
		t.Fatal(err)
	}
	b.do(
		command(log.Enable, cdp.Empty{}),
		command(network.Enable, network.EnableParams{}),
		command(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: l.width, Height: l.height, DeviceScaleFactor: 1, Mobile: l.width < 600,
		}),
		command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		}),
	)
	if err := chromedp.Listen(page, b.listen); err != nil {
		t.Fatal(err)
	}
	return b
}

// listen notes what a careful person would find in the browser's console.
func (b *tab) listen(event any) {
	var complaint string
	switch e := event.(type) {
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			complaint = fmt.Sprintf("%s: %s %s", e.Entry.Level, e.Entry.Text, e.Entry.URL)
		}
	case *runtime.EventExceptionThrown:
		complaint = "exception: " + e.ExceptionDetails.Text
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			complaint = fmt.Sprintf("console.%s", e.Type)
		}
	case *network.EventRequestWillBeSent:
		if !strings.HasPrefix(e.Request.URL, "http://127.0.0.1:") && !strings.HasPrefix(e.Request.URL, "data:") {
			complaint = "asked for " + e.Request.URL
		}
	}
	if complaint != "" {
		select {
		case b.complaints <- complaint:
		default: // there are enough
		}
	}
}

// command is a command of the DevTools protocol that answers nothing.
func command[P, R any](c cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}

// do lets the browser act, with a bound.
func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// show opens an address.
func (b *tab) show(url string) {
	b.t.Helper()
	b.do(chromedp.Navigate(url), chromedp.WaitReady(chromedp.CSS("main")))
}

// value evaluates an expression of JavaScript in the page.
func value[T any](b *tab, expression string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %v", expression[:min(len(expression), 80)], err)
	}
	return v
}

// quiet expects that the browser found nothing to complain of.
func (b *tab) quiet() {
	b.t.Helper()
	for {
		select {
		case c := <-b.complaints:
			b.t.Errorf("the browser complains: %s", c)
		default:
			return
		}
	}
}

// keep writes a picture of the whole page to $SCREENSHOTS, for a person to look
// at; where that is not set it does nothing.
func (b *tab) keep(name string) {
	b.t.Helper()
	folder := os.Getenv("SCREENSHOTS")
	if folder == "" {
		return
	}
	picture, err := chromedp.Run(b, chromedp.FullScreenshot(100))
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, strings.ReplaceAll(name, " ", "-")+".png"), picture, 0o644); err != nil {
		b.t.Fatal(err)
	}
}
