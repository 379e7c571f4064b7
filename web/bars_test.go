package web

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// went returns a trend with a step an hour up to noon; a negative figure stands
// for a gap.
func went(values ...float64) *Trend {
	t := &Trend{Start: noon.Add(-time.Duration(len(values)) * time.Hour), Step: time.Hour, Until: noon}
	for _, v := range values {
		t.Points = append(t.Points, Point{Value: max(v, 0), Known: v >= 0})
	}
	return t
}

// rects returns class, x, y and height of each bar.
func rects(svg string) []string {
	var all []string
	for _, row := range regexp.MustCompile(`<path class="(bar[^"]*)" d="([^"]*)"/>`).FindAllStringSubmatch(svg, -1) {
		for _, bar := range regexp.MustCompile(`M(\d+) ([\d.]+)h8v([\d.]+)h-8z`).FindAllStringSubmatch(row[2], -1) {
			all = append(all, row[1]+" "+strings.Join(bar[1:], " "))
		}
	}
	return all
}

func TestBarsRiseFromZero(t *testing.T) {
	got := rects(string(bars(went(10, -1, 5, 0), "")))
	want := []string{"bar 1 0 40", "bar 21 20 20"} // the second is a gap, the last is nothing
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestNothingIsALineAndAGapIsNone(t *testing.T) {
	if svg := string(bars(went(10, -1, 5, 0), "")); !strings.Contains(svg, `<path class="axis" d="M0 40h10M20 40h10M30 40h10"/>`) {
		t.Errorf("%s: want a line below all but the second", svg)
	}
}

func TestTheSmallestBarIsSeen(t *testing.T) {
	trend := went(1000, 1, 1)
	trend.Points[2].Value = -1
	got := rects(string(bars(trend, "")))
	if want := []string{"bar 1 0 39.96", "bar 11 39.16 0.8", "bar 21 39.96 0.8"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestFiguresBelowZeroHang(t *testing.T) {
	trend := went(30, 0)
	trend.Points[1] = Point{Value: -10, Known: true}
	got := rects(string(bars(trend, "")))
	if want := []string{"bar 1 0 30", "bar 11 30 10"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestFlowsShareOneScale(t *testing.T) {
	got := rects(string(flows(went(4, 2), went(0, 1), "")))
	want := []string{"bar 1 0 20", "bar 11 10 10", "bar other 11 20 5"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestNothingKnownIsNoPicture(t *testing.T) {
	if got := bars(went(-1, -1), ""); got != "" {
		t.Errorf("%s", got)
	}
	if got := flows(went(1), went(-1), ""); got != "" {
		t.Errorf("%s", got)
	}
}

func TestAPictureIsToldInWords(t *testing.T) {
	svg := string(bars(went(1), `"<b>`))
	if !strings.Contains(svg, `role="img" aria-label="&#34;&lt;b&gt;"`) {
		t.Errorf("%s", svg)
	}
	for want, trend := range map[string]*Trend{
		"from 1 to 9, last 4": went(1, 9, 4),
		"from 1 to 9":         went(1, 9, -1),
		"no sample":           went(-1),
	} {
		if got := told(trend, number); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
