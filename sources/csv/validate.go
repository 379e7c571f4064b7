package csv

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/encoding/htmlindex"

	"helpdesk_exporter/desk"
)

// userName is what users may call a field of their own, so that labels and
// settings can list it.
var userName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// Validate implements [sources.Config].
func (c *Config) Validate() error {
	return errors.Join(
		c.checkPlace(),
		c.checkRecord(),
		c.checkDialect(),
		c.checkTimes(),
		c.checkHabits(),
	)
}

// checkPlace looks at where the files are.
func (c *Config) checkPlace() error {
	var errs []error
	switch {
	case c.Directory == "" && len(c.Files) == 0:
		errs = append(errs, errors.New("directory: required; name the directory of the drops, or list single files under files"))
	case c.Directory != "" && len(c.Files) > 0:
		errs = append(errs, errors.New("files: not together with directory; keep one of them"))
	case c.Pattern != "" && c.Directory == "":
		errs = append(errs, errors.New("pattern: needs directory; files are listed by their whole names"))
	}
	if _, err := filepath.Match(c.pattern(), "x"); err != nil || strings.ContainsAny(c.Pattern, `/\`) {
		errs = append(errs, fmt.Errorf("pattern: %q is no pattern of file names; write one like %q, without a directory", c.Pattern, "*.csv"))
	}
	seen := map[string]bool{}
	for _, name := range c.Files {
		if name == "" || seen[name] {
			errs = append(errs, fmt.Errorf("files: %q is empty or listed twice; remove it", name))
		}
		seen[name] = true
	}
	return errors.Join(errs...)
}

// checkRecord looks at the fields that the columns and values feed.
func (c *Config) checkRecord() error {
	s := shapeOf(c.Record)
	if s == nil {
		return fmt.Errorf("record: %q is unknown; write one of %s", c.Record, strings.Join(recordNames(), ", "))
	}
	errs := []error{s.checkRequired(c.Columns)}
	for _, name := range slices.Sorted(maps.Keys(c.Columns)) {
		if err := s.checkName(name); err != nil {
			errs = append(errs, fmt.Errorf("columns.%s: %w", name, err))
			continue
		}
		errs = append(errs, c.checkColumn(s, name)...)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Values)) {
		if err := s.checkName(name); err != nil {
			errs = append(errs, fmt.Errorf("values.%s: %w", name, err))
			continue
		}
		errs = append(errs, c.checkValues(s, name)...)
	}
	return errors.Join(errs...)
}

// checkColumn looks at the headers of one field.
func (c *Config) checkColumn(s *shape, name string) []error {
	var errs []error
	headers, constants := c.Columns[name], 0
	for _, h := range headers {
		if strings.HasPrefix(h, "=") {
			constants++
		}
		if strings.TrimSpace(h) == "" {
			errs = append(errs, fmt.Errorf("columns.%s: a header is empty; name a header of the file, or write \"=value\" for a constant", name))
		}
	}
	if len(headers) == 0 || constants < len(headers) {
		return errs
	}
	f := s.field(name)
	if name == "id" {
		return append(errs, errors.New("columns.id: a constant cannot tell records apart; name a header"))
	}
	if f.at == nil {
		errs = append(errs, c.checkWord(f, "columns."+name, constantOf(headers))...)
	}
	return errs
}

// checkValues looks at the map of one field's words.
func (c *Config) checkValues(s *shape, name string) []error {
	f := s.field(name)
	if name == "id" || f.at != nil {
		return []error{fmt.Errorf("values.%s: an id or a time has no words to map; remove it, null_values lists what means none", name)}
	}
	var errs []error
	if len(c.Columns[name]) == 0 {
		errs = append(errs, fmt.Errorf("values.%s: no column is mapped to %s; add columns.%s", name, name, name))
	}
	theirs := c.Values[name]
	for _, word := range slices.Sorted(maps.Keys(theirs)) {
		if f.required && theirs[word] == "" {
			errs = append(errs, fmt.Errorf("values.%s.%s: empty, and %s without %s is rejected; map the word to another or remove it", name, word, s.article(), name))
		}
		errs = append(errs, c.checkWord(f, fmt.Sprintf("values.%s.%s", name, word), theirs[word])...)
	}
	return errs
}

// checkWord reports whether a configured word is one that the field takes. An
// empty word means none.
func (c *Config) checkWord(f field, key, word string) []error {
	if word == "" {
		return nil
	}
	if f.words != nil && !slices.Contains(f.words, word) {
		return []error{fmt.Errorf("%s: %q is unknown; write one of %s", key, word, strings.Join(f.words, ", "))}
	}
	if flt := f.bind(mapping{})(shapeOf(c.Record).blank(), []byte(word)); flt != nil {
		return []error{fmt.Errorf("%s: %q: %s", key, word, flt.detail)}
	}
	return nil
}

// checkDialect looks at how the files are written.
func (c *Config) checkDialect() error {
	var errs []error
	if _, ok := delimiter(c.Delimiter); !ok {
		errs = append(errs, fmt.Errorf("delimiter: %q is no delimiter; write one character such as \",\", \";\", \"|\" or \"\\t\"", c.Delimiter))
	}
	if _, err := htmlindex.Get(c.Encoding); err != nil {
		errs = append(errs, fmt.Errorf("encoding: %q is unknown; write a name such as utf-8, utf-16le, windows-1252 or iso-8859-7", c.Encoding))
	}
	return errors.Join(errs...)
}

// checkTimes looks at how times are written and where they are.
func (c *Config) checkTimes() error {
	var errs []error
	if len(c.TimeFormat) == 0 {
		errs = append(errs, errors.New("time_format: empty; write a Go layout such as \"2006-01-02 15:04:05\", or unix, or unix_ms"))
	}
	for _, layout := range c.TimeFormat {
		if err := checkLayout(layout); err != nil {
			errs = append(errs, fmt.Errorf("time_format: %w", err))
		}
	}
	if _, err := loadZone(c.Timezone); err != nil {
		errs = append(errs, fmt.Errorf("timezone: %w", err))
	}
	for _, abbreviation := range slices.Sorted(maps.Keys(c.Zones)) {
		if _, err := zoneOf(c.Zones[abbreviation]); err != nil {
			errs = append(errs, fmt.Errorf("zones.%s: %w", abbreviation, err))
		}
	}
	return errors.Join(errs...)
}

// checkHabits looks at when files are read and what becomes of them.
func (c *Config) checkHabits() error {
	var errs []error
	if !slices.Contains([]string{afterKeep, afterArchive, afterDelete}, c.After) {
		errs = append(errs, fmt.Errorf("after: %q is unknown; write keep, archive or delete", c.After))
	}
	if c.Replay && c.After != afterKeep {
		errs = append(errs, fmt.Errorf("after: %s is not possible with shift_to_now, which plays the files again and again; write keep", c.After))
	}
	if !slices.Contains([]string{asOfNewest, asOfNow}, c.AsOf) {
		errs = append(errs, fmt.Errorf("as_of: %q is unknown; write newest or now", c.AsOf))
	}
	if c.Snapshot {
		errs = append(errs, c.checkSnapshot()...)
	}
	return errors.Join(errs...)
}

// checkSnapshot looks at what does not go together with drops whose silence
// about a ticket means that it is gone.
func (c *Config) checkSnapshot() []error {
	var errs []error
	if c.Record != desk.KindTicket.String() {
		errs = append(errs, errors.New("snapshot: says that each drop lists every open ticket; remove it, or write record: ticket"))
	}
	if c.Replay {
		errs = append(errs, errors.New("snapshot: not possible with shift_to_now, which plays one recording; remove one of them"))
	}
	if time.Duration(c.Settle) < leastTornRest {
		errs = append(errs, fmt.Errorf("settle: %s is too short for snapshot: a drop that is half written would make the other tickets count as deleted; write 10s or more", c.Settle))
	}
	return errs
}

// delimiter returns the character between two cells.
func delimiter(text string) (byte, bool) {
	switch {
	case text == `\t` || text == "tab":
		return '\t', true
	case len(text) != 1 || text[0] >= 0x80 || strings.ContainsAny(text, "\"\r\n\x00"):
		return 0, false
	default:
		return text[0], true
	}
}

// constantOf returns the text that headers which are all constants stand for.
func constantOf(headers Strings) string {
	parts := make([]string, len(headers))
	for i, h := range headers {
		parts[i] = strings.TrimPrefix(h, "=")
	}
	return strings.Join(parts, " ")
}
