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
func went(until time.Time, values ...float64) *Trend {
	t := &Trend{Start: noon.Add(-time.Duration(len(values)) * time.Hour), Step: time.Hour, Until: until}
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
	got := rects(string(bars(went(noon, 10, -1, 5, 0), "")))
	want := []string{"bar 1 0 40", "bar 21 20 20", "bar 31 39.2 0.8"} // the second is a gap, the last is nothing
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestTheStepThatIsNotOverIsPale(t *testing.T) {
	got := rects(string(bars(went(noon.Add(-time.Minute), 1, 1), "")))
	if want := []string{"bar 1 0 40", "bar running 11 0 40"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestFiguresBelowZeroHang(t *testing.T) {
	trend := went(noon, 30, 0)
	trend.Points[1] = Point{Value: -10, Known: true}
	got := rects(string(bars(trend, "")))
	if want := []string{"bar 1 0 30", "bar 11 30 10"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestFlowsShareOneScale(t *testing.T) {
	got := rects(string(flows(went(noon, 4, 2), went(noon, 0, 1), "")))
	want := []string{"bar 1 0 20", "bar 11 10 10", "bar other 1 20 0.8", "bar other 11 20 5"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestNothingKnownIsNoPicture(t *testing.T) {
	if got := bars(went(noon, -1, -1), ""); got != "" {
		t.Errorf("%s", got)
	}
	if got := flows(went(noon, 1), went(noon, -1), ""); got != "" {
		t.Errorf("%s", got)
	}
}

func TestAPictureIsToldInWords(t *testing.T) {
	svg := string(bars(went(noon, 1), `"<b>`))
	if !strings.Contains(svg, `role="img" aria-label="&#34;&lt;b&gt;"`) {
		t.Errorf("%s", svg)
	}
	for want, trend := range map[string]*Trend{
		"from 1 to 9, last 4": went(noon, 1, 9, 4),
		"from 1 to 9, last 9": went(noon.Add(-time.Minute), 1, 9, 4), // the hour that is not over tells nothing
		"from 1 to 9":         went(noon, 1, 9, -1),
		"no sample":           went(noon, -1),
	} {
		if got := told(trend, number); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := told(went(noon.Add(-time.Minute), 3), number); got != "from 3 to 3" {
		t.Errorf("a first hour that is not over: %q", got)
	}
}
