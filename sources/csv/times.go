package csv

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// The time formats that are no Go layouts.
const (
	formatUnix   = "unix"
	formatUnixMS = "unix_ms"
)

// abbreviation is how a Go layout writes a zone's abbreviation.
const abbreviation = "MST"

// clock reads the times of one source.
type clock struct {
	formats []format
	zone    *zone            // of times that name none
	zones   map[string]*zone // by abbreviation
}

// format is one way to write a time.
type format struct {
	layout string
	way    way
	daily  bool // it names days and no time of day
	halves bool // it tells the halves of the day apart
}

// way says which reader takes a format. A switch over it, and no function value,
// lets the text of a cell stay on the stack.
type way uint8

const (
	wayLocal way = iota
	wayOffset
	wayAbbreviated
	wayUnix
	wayUnixMS
)

// moment is the instant that a cell means.
type moment struct {
	at    time.Time
	later time.Time // the other instant that an ambiguous local time may mean
	gap   bool      // the local time does not exist, at is the one it moved to
}

// newClock returns the clock of a checked configuration.
func newClock(c *Config) (*clock, error) {
	loc, err := loadZone(c.Timezone)
	if err != nil {
		return nil, fmt.Errorf("timezone: %w", err)
	}
	k := &clock{zone: newZone(loc), zones: map[string]*zone{}}
	for _, name := range []string{"UTC", "GMT", "Z"} {
		k.zones[name] = newZone(time.UTC)
	}
	for name, meaning := range c.Zones {
		loc, err := zoneOf(meaning)
		if err != nil {
			return nil, fmt.Errorf("zones.%s: %w", name, err)
		}
		k.zones[name] = newZone(loc)
	}
	for _, layout := range c.TimeFormat {
		k.formats = append(k.formats, format{ascii(layout), wayOf(layout), isDaily(layout), hasHalf(layout)})
	}
	return k, nil
}

// parse reads a time.
func (k *clock) parse(text string) (moment, bool) { return k.first(text, 0) }

// parseEnd reads the end of a period: a day without a time of day is the last
// one of it, so that it ends where the next day begins.
func (k *clock) parseEnd(text string) (moment, bool) { return k.first(text, 1) }

// first reads a time in the first format that fits, and goes some days further
// from one that is only a day.
func (k *clock) first(text string, days int) (moment, bool) {
	text = ascii(text)
	for _, f := range k.formats {
		more := 0
		if f.daily {
			more = days
		}
		if m, ok := k.parseAs(f, text, more); ok {
			return m, true
		}
		if f.halves { // a copy, so that the text of other cells can stay on the stack
			if m, ok := k.parseAs(f, withHalf(f.layout, strings.Clone(text)), more); ok {
				return m, true
			}
		}
	}
	return moment{}, false
}

// impossible reports whether a text is written in one of the formats and names a
// moment that does not exist.
func (k *clock) impossible(text string) bool {
	text = ascii(text)
	return slices.ContainsFunc(k.formats, func(f format) bool {
		return onlyOutOfRange(f.layout, text) || f.halves && onlyOutOfRange(f.layout, withHalf(f.layout, text))
	})
}

// onlyOutOfRange reports whether a text would fit a layout if its numbers were
// smaller. The parser stops at the first number that is too large, so that one
// is made a 1 to see whether the rest fits.
func onlyOutOfRange(layout, text string) bool {
	for replaced := false; ; replaced = true {
		_, err := time.Parse(layout, text)
		said := (*time.ParseError)(nil)
		switch {
		case err == nil:
			return replaced
		case !errors.As(err, &said) || !strings.HasSuffix(said.Message, "out of range"):
			return false
		case said.LayoutElem == "":
			return true // all of it fits, and the month has fewer days
		}
		end := len(text) - len(said.ValueElem)
		start := end
		for start > 0 && end-start < 2 && isDigit(text[start-1]) {
			start--
		}
		smaller := text[:start] + "01"[2-(end-start):] + text[end:]
		if smaller == text {
			return false
		}
		text = smaller
	}
}

// wayOf returns which reader takes a time format.
func wayOf(layout string) way {
	switch {
	case layout == formatUnix:
		return wayUnix
	case layout == formatUnixMS:
		return wayUnixMS
	case strings.Contains(layout, abbreviation):
		return wayAbbreviated
	case strings.Contains(layout, "-07") || strings.Contains(layout, "Z07"):
		return wayOffset
	default:
		return wayLocal
	}
}

// isDaily reports whether all times of one day look the same in a layout.
func isDaily(layout string) bool {
	morning := time.Date(2021, time.March, 4, 5, 6, 7, 80, time.UTC)
	evening := time.Date(2021, time.March, 4, 18, 29, 30, 910, time.UTC)
	return layout != formatUnix && layout != formatUnixMS && morning.Format(layout) == evening.Format(layout)
}

func (k *clock) parseAs(f format, text string, days int) (moment, bool) {
	switch f.way {
	case wayUnix:
		return parseUnix(text, time.Second)
	case wayUnixMS:
		return parseUnix(text, time.Millisecond)
	case wayAbbreviated:
		return k.parseAbbreviated(f.layout, strings.Clone(text), days)
	case wayOffset:
		t, err := time.Parse(f.layout, text)
		return moment{at: further(t, days).UTC()}, err == nil
	default:
		return k.parseLocal(k.zone, f.layout, text, days)
	}
}

// parseLocal reads a time that is local in z.
func (k *clock) parseLocal(z *zone, layout, text string, days int) (moment, bool) {
	wall, err := time.Parse(layout, text)
	if err != nil {
		return moment{}, false
	}
	return z.instant(further(wall, days)), true
}

// further returns the same time of day some days later, mostly none.
func further(t time.Time, days int) time.Time {
	if days == 0 {
		return t
	}
	return t.AddDate(0, 0, days)
}

// parseAbbreviated reads a time that names its zone by an abbreviation. Go's
// own parser takes any three letters for a zone, mostly for UTC, so the word is
// cut out and looked up in the configured ones.
func (k *clock) parseAbbreviated(layout, text string, days int) (moment, bool) {
	layouts, texts := strings.Fields(layout), strings.Fields(text)
	for i, part := range layouts {
		before, after, found := strings.Cut(part, abbreviation)
		if !found {
			continue
		}
		if i >= len(texts) || len(texts[i]) < len(before)+len(after) ||
			!strings.HasPrefix(texts[i], before) || !strings.HasSuffix(texts[i], after) {
			return moment{}, false
		}
		z := k.zones[texts[i][len(before):len(texts[i])-len(after)]]
		if z == nil {
			return moment{}, false
		}
		layouts[i], texts[i] = before+after, before+after
		return k.parseLocal(z, strings.Join(layouts, " "), strings.Join(texts, " "), days)
	}
	return moment{}, false
}

// parseUnix reads a decimal number of units since 1970, exactly to the
// nanosecond.
func parseUnix(text string, unit time.Duration) (moment, bool) {
	whole, fraction, _ := strings.Cut(text, ".")
	if whole == "" || len(whole) > 15 {
		return moment{}, false
	}
	var n int64
	for i := range len(whole) {
		if !isDigit(whole[i]) {
			return moment{}, false
		}
		n = n*10 + int64(whole[i]-'0')
	}
	perUnit := int64(time.Second / unit)
	ns := n % perUnit * int64(unit)
	for i, scale := 0, int64(unit)/10; i < len(fraction); i, scale = i+1, scale/10 {
		if !isDigit(fraction[i]) {
			return moment{}, false
		}
		ns += int64(fraction[i]-'0') * scale
	}
	return moment{at: time.Unix(n/perUnit, ns).UTC()}, true
}

// checkLayout reports whether a time format is one that can tell days apart. It
// catches the layouts of other languages, which Go takes for plain text.
func checkLayout(layout string) error {
	if layout == formatUnix || layout == formatUnixMS {
		return nil
	}
	base := time.Date(2021, time.March, 4, 5, 6, 7, 0, time.UTC)
	for _, other := range []time.Time{base.AddDate(1, 0, 0), base.AddDate(0, 1, 0), base.AddDate(0, 0, 1)} {
		if base.Format(layout) == other.Format(layout) {
			return fmt.Errorf("%q is no Go layout of a date; write the moment 2006-01-02 15:04:05 the way the file would, such as \"02/01/2006 15:04\", or unix, or unix_ms", layout)
		}
	}
	if strings.Contains(layout, "3:04") && !strings.Contains(layout, "PM") && !strings.Contains(layout, "pm") &&
		base.Format(layout) == base.Add(12*time.Hour).Format(layout) {
		return fmt.Errorf("%q does not tell morning from afternoon; write 15 for hours up to 23, or add PM", layout)
	}
	if _, err := time.Parse(layout, base.Format(layout)); err != nil {
		return fmt.Errorf("%q is a layout that cannot be read back; write the moment 2006-01-02 15:04:05 the way the file would", layout)
	}
	return nil
}

// loadZone returns the zone of an IANA name. The machine's own zone is refused:
// the same file would mean something else on the next machine.
func loadZone(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, errors.New("no zone; write an IANA name such as Europe/Athens, or UTC")
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("%q is unknown; write an IANA name such as Europe/Athens, or UTC", name)
	}
	return loc, nil
}

// zoneOf returns the zone that an abbreviation is configured to mean: an offset
// from UTC or an IANA name.
func zoneOf(meaning string) (*time.Location, error) {
	for _, layout := range []string{"-07:00", "-0700", "-07"} {
		if t, err := time.Parse(layout, meaning); err == nil {
			_, offset := t.Zone()
			return time.FixedZone(meaning, offset), nil
		}
	}
	loc, err := loadZone(meaning)
	if err != nil {
		return nil, fmt.Errorf("%q is neither an offset such as +02:00 nor an IANA zone such as Europe/Athens", meaning)
	}
	return loc, nil
}
