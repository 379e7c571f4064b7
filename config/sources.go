package config

import (
	"errors"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/prometheus/common/model"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
)

// sourceList reads each source into the configuration that its type has.
type sourceList struct {
	types   map[string]func() sources.Config
	configs []sources.Config
	written []Digest
}

// sourceHead is what has to be known of a source before it can be read.
type sourceHead struct {
	Type string         `yaml:"type"`
	Rest map[string]any `yaml:",inline"`
}

// captured keeps the way to decode a node, to be gone twice: once for the type,
// once for all that the type knows.
type captured struct {
	decode func(any) error
}

// UnmarshalYAML implements the YAML decoder's interface.
func (c *captured) UnmarshalYAML(unmarshal func(any) error) error {
	c.decode = unmarshal
	return nil
}

// UnmarshalYAML implements the YAML decoder's interface. A source of a type that
// no one knows is kept, for the checks to report.
func (l *sourceList) UnmarshalYAML(unmarshal func(any) error) error {
	var list []captured
	if err := unmarshal(&list); err != nil {
		return err
	}
	for _, element := range list {
		config, err := l.read(element)
		if err != nil {
			return err
		}
		l.configs = append(l.configs, config)
	}
	return nil
}

func (l *sourceList) read(element captured) (sources.Config, error) {
	var head sourceHead
	if err := element.decode(&head); err != nil {
		return nil, err
	}
	written, err := digestOf(head)
	if err != nil {
		return nil, err
	}
	l.written = append(l.written, written)
	config := l.make(head.Type)
	return config, element.decode(config)
}

// make returns a new configuration of the type, with its defaults.
func (l *sourceList) make(name string) sources.Config {
	if newConfig, ok := l.types[name]; ok {
		return newConfig()
	}
	return &unknownSource{known: slices.Sorted(maps.Keys(l.types))}
}

// unknownSource stands in for a source whose type does not exist, so that what
// all sources share is still checked.
type unknownSource struct {
	Common sources.Common `yaml:",inline"`
	Rest   map[string]any `yaml:",inline"`
	known  []string
}

func (u *unknownSource) Shared() *sources.Common { return &u.Common }

func (u *unknownSource) Validate() error {
	if u.Common.Type == "" {
		return errors.New("type: required: known types are " + strings.Join(u.known, ", "))
	}
	return errors.New("type: " + unknown("type", u.Common.Type, u.known))
}

func (u *unknownSource) Feeds() []desk.Kind { return nil }

func (u *unknownSource) New(sources.Options) (sources.Source, error) { return nil, u.Validate() }

// checkSources checks each source and what sources say of one another, and
// fills in the defaults that come from elsewhere in the file.
func checkSources(at spot, configs []sources.Config, whole *Config) {
	if len(configs) == 0 {
		at.errorf("required: list at least one help desk to read, with its name and type")
	}
	names := make([]string, len(configs))
	desks := map[string]string{}
	for i, config := range configs {
		c := config.Shared()
		if c.Desk == "" {
			c.Desk = c.Name
		}
		names[i] = c.Name
		desks[c.Name] = c.Desk
	}
	checkNames(at, names)
	for i, config := range configs {
		c := config.Shared()
		checkPlainName(at.index(i).key("name"), c.Name)
		if c.Desk != c.Name {
			checkPlainName(at.index(i).key("desk"), c.Desk)
		}
		checkReference(at.index(i).key("refers_to"), c, desks)
		checkTickets(at.index(i).key("refers_to"), config, configs)
		checkTimes(at.index(i), c, whole.Global.PollInterval)
		checkPromises(at.index(i), config, whole.Calendars)
		checkLinks(at.index(i), c)
		if c.History != "" {
			at.index(i).key("history").oneOf("history", string(c.History), []string{
				string(sources.HistoryWindows), string(sources.HistoryCounters),
			})
		}
		if past, ok := config.(sources.WithStart); ok {
			past.StartFrom(model.Duration(whole.longestWindow().Length))
		}
		checkOwn(at.index(i), config)
	}
}

// checkPlainName admits names that can stand in keys and become directories.
func checkPlainName(at spot, name string) {
	if name != "" && !regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_.-]*$`).MatchString(name) {
		at.errorf("%q is not a legal name: use letters, digits, _, . and -, a letter or digit first", name)
	}
}

// checkReference wants the other source in the same desk, outside of which
// nothing is joined.
func checkReference(at spot, c *sources.Common, desks map[string]string) {
	if c.RefersTo == "" {
		return
	}
	var known []string
	for _, name := range slices.Sorted(maps.Keys(desks)) {
		if name != "" && desks[name] == c.Desk {
			known = append(known, name)
		}
	}
	other, exists := desks[c.RefersTo]
	if exists && other != c.Desk {
		at.errorf("%q belongs to desk %q, this source to %q: give both the same desk", c.RefersTo, other, c.Desk)
		return
	}
	at.oneOf("source", c.RefersTo, known)
}

// checkTickets wants to know whose tickets answers and messages speak of: where
// there are none, messages are of no use, and where there are those of several
// sources, it must be told.
func checkTickets(at spot, config sources.Config, all []sources.Config) {
	c := config.Shared()
	messages := feeds(config, desk.KindMessage)
	if !messages && !feeds(config, desk.KindSurvey) || feeds(config, desk.KindTicket) {
		return
	}
	var meant []string
	for _, other := range all {
		o := other.Shared()
		if o.Desk == c.Desk && feeds(other, desk.KindTicket) && (c.RefersTo == "" || c.RefersTo == o.Name) {
			meant = append(meant, o.Name)
		}
	}
	switch {
	case len(meant) > 1:
		at.errorf("required: desk %q has tickets from %s: name the one whose tickets these records are about",
			c.Desk, strings.Join(meant, ", "))
	case len(meant) == 0 && messages:
		at.errorf("the messages of this source need tickets: name a source of tickets of desk %q, or add one to it", c.Desk)
	}
}

func feeds(config sources.Config, kind desk.Kind) bool { return slices.Contains(config.Feeds(), kind) }

// checkTimes fills in the intervals that are not given. One that is given as 0
// is a mistake, not a wish for the default.
func checkTimes(at spot, c *sources.Common, interval model.Duration) {
	if !at.key("poll_interval").given() {
		c.PollInterval = interval
	}
	if !at.key("stale_after").given() {
		c.StaleAfter = max(15*model.Minute, 5*min(c.PollInterval, longest))
	}
	if c.PollInterval != interval {
		checkDuration(at.key("poll_interval"), c.PollInterval)
	}
	if at.key("expect_every").given() {
		checkDuration(at.key("expect_every"), c.ExpectEvery)
	}
	if c.StaleAfter < c.PollInterval {
		at.key("stale_after").errorf("%s is shorter than the poll interval of %s: the source would always be stale",
			c.StaleAfter, c.PollInterval)
	}
}

// checkPromises fills in by whose SLAs and in whose hours the tickets of a
// source are measured. Other records have neither.
func checkPromises(at spot, config sources.Config, calendars []Calendar) {
	c := config.Shared()
	if !feeds(config, desk.KindTicket) {
		for _, key := range []string{"sla", "calendar", "ticket_url"} {
			if at.key(key).given() && len(config.Feeds()) > 0 {
				at.key(key).errorf("this source brings no tickets: set it where they come from")
			}
		}
		return
	}
	if c.SLA == "" {
		c.SLA = sources.SLASource
	}
	at.key("sla").oneOf("word for whose SLAs hold", string(c.SLA), []string{string(sources.SLASource), string(sources.SLAOwn)})
	if c.Calendar == "" && len(calendars) == 1 {
		c.Calendar = calendars[0].Name
	}
	checkCalendarName(at.key("calendar"), c.Calendar, calendars)
}

// idHere is what a ticket's id takes the place of in its address.
const idHere = "{id}"

// checkLinks checks the addresses at which people find tickets and queues.
func checkLinks(at spot, c *sources.Common) {
	if c.QueueURL != "" {
		checkLink(at.key("queue_url"), c.QueueURL)
	}
	if c.TicketURL == "" || !checkLink(at.key("ticket_url"), c.TicketURL) {
		return
	}
	if strings.Count(c.TicketURL, idHere) != 1 {
		at.key("ticket_url").errorf("write %s once, where the id of a ticket belongs", idHere)
	}
}

// checkLink wants an address that a browser may be sent to. It is not shown: it
// may hold a password.
func checkLink(at spot, text string) bool {
	u, err := url.Parse(text)
	switch {
	case strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }):
		at.errorf("has blanks or control characters in it: remove them")
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || strings.ContainsAny(u.Host, "{}"):
		at.errorf("must be an http or https address with a fixed host, as https://acme.example/tickets")
	case u.User != nil:
		at.errorf("has a user or a password in it: remove them, for whoever sees the link sees them")
	default:
		return true
	}
	return false
}

// checkOwn reports what the type finds wrong. Its messages begin with a key of
// the source.
func checkOwn(at spot, config sources.Config) {
	for _, err := range split(config.Validate()) {
		place, text := at.cut(err.Error())
		place.errorf("%s", text)
	}
}

// cut splits a message into the place below s that it begins with, and the
// rest. Keys of the file win, since they may hold blanks and colons.
func (s spot) cut(message string) (spot, string) {
	for i := range message {
		if key, text := message[:i], message[i:]; strings.HasPrefix(text, ": ") && s.key(key).given() {
			return s.key(key), text[2:]
		}
	}
	if key, text, ok := strings.Cut(message, ": "); ok && !strings.ContainsAny(key, " \t\n\"") {
		return s.key(key), text
	}
	return s, message
}

// split returns the errors that were joined into one, and theirs.
func split(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		if err == nil {
			return nil
		}
		return []error{err}
	}
	var all []error
	for _, e := range joined.Unwrap() {
		all = append(all, split(e)...)
	}
	return all
}
