package csv

import (
	"log/slog"
	"time"

	"github.com/prometheus/common/model"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
)

// Config says where the files lie, how they are written and what their columns
// mean.
type Config struct {
	Common sources.Common `yaml:",inline"`

	Directory string   `yaml:"directory,omitempty"` // of the drops; or Files
	Pattern   string   `yaml:"pattern,omitempty"`   // which names in Directory are drops
	Files     []string `yaml:"files,omitempty"`     // these files and no others

	Record   string                       `yaml:"record"`                 // a kind of records: ticket, call, survey ...
	Columns  map[string]Strings           `yaml:"columns"`                // field -> header, headers joined by a space, or "=constant"
	Values   map[string]map[string]string `yaml:"values,omitempty"`       // field -> their word -> our word
	After    string                       `yaml:"after,omitempty"`        // what becomes of a file that was read
	Settle   model.Duration               `yaml:"settle"`                 // a file changed since is left alone; 0s says something, so it is always written
	AsOf     string                       `yaml:"as_of,omitempty"`        // up to when the files are complete
	Snapshot bool                         `yaml:"snapshot,omitempty"`     // each drop lists every open ticket
	Replay   bool                         `yaml:"shift_to_now,omitempty"` // play an old file as if it happened now

	Delimiter    string            `yaml:"delimiter,omitempty"`
	Encoding     string            `yaml:"encoding,omitempty"`
	TimeFormat   Strings           `yaml:"time_format,omitempty"` // Go layouts, unix, unix_ms; tried in order
	Timezone     string            `yaml:"timezone,omitempty"`    // of times that name no zone
	Zones        map[string]string `yaml:"zones,omitempty"`       // abbreviation -> offset or IANA zone
	DecimalComma bool              `yaml:"decimal_comma,omitempty"`
	NullValues   Nulls             `yaml:"null_values,omitempty"` // cells that mean nothing, besides the empty one
}

// The words of `after` and `as_of`.
const (
	afterKeep    = "keep"
	afterArchive = "archive"
	afterDelete  = "delete"

	asOfNewest = "newest"
	asOfNow    = "now"
)

// defaultPattern is used for a directory that names no pattern.
const defaultPattern = "*.csv"

// NewConfig returns the configuration that a source of this type starts from.
func NewConfig() sources.Config {
	return &Config{
		After:     afterKeep,
		Settle:    model.Duration(10 * time.Second),
		AsOf:      asOfNewest,
		Delimiter: ",",
		Encoding:  "utf-8",
		TimeFormat: Strings{ // what is found most often first
			"2006-01-02 15:04:05", time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04",
		},
		Timezone: "UTC",
	}
}

// Shared implements [sources.Config].
func (c *Config) Shared() *sources.Common { return &c.Common }

// Feeds implements [sources.Config].
func (c *Config) Feeds() []desk.Kind {
	if s := shapeOf(c.Record); s != nil {
		return []desk.Kind{s.kind}
	}
	return nil
}

// New implements [sources.Config].
func (c *Config) New(opts sources.Options) (sources.Source, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	s, err := newSource(c, opts)
	if err != nil {
		return nil, err
	}
	if c.Replay {
		return &replay{files: s}, nil
	}
	return s, nil
}

// pattern returns which file names of the directory are drops.
func (c *Config) pattern() string {
	if c.Pattern == "" {
		return defaultPattern
	}
	return c.Pattern
}

// Strings is a list that may be written as a single string.
type Strings []string

// UnmarshalYAML implements yaml's obsolete Unmarshaler, the one under which
// unknown keys stay errors.
func (s *Strings) UnmarshalYAML(unmarshal func(any) error) error {
	var one string
	if unmarshal(&one) == nil {
		*s = Strings{one}
		return nil
	}
	var list []string
	if err := unmarshal(&list); err != nil {
		return err
	}
	*s = list
	return nil
}

// DefaultHistory implements [sources.WithHistory]: what a file tells of the
// past belongs into the counters, as long as the journal remembers that it was
// counted.
func (c *Config) DefaultHistory(durable bool) sources.History {
	if durable {
		return sources.HistoryCounters
	}
	return sources.HistoryWindows
}

// BusinessTimes implements [sources.WithBusinessTimes]: what has a column is
// told.
func (c *Config) BusinessTimes() desk.BusinessTimes {
	var told desk.BusinessTimes
	for _, of := range []struct {
		field string
		time  desk.BusinessTimes
	}{
		{"first_response_business_seconds", desk.BusinessFirstResponse},
		{"resolution_business_seconds", desk.BusinessResolution},
		{"requester_wait_business_seconds", desk.BusinessRequesterWait},
	} {
		if _, mapped := c.Columns[of.field]; mapped {
			told |= of.time
		}
	}
	return told
}

// Nulls lists the cells that mean nothing. YAML itself takes an unquoted NULL
// for no value at all; here it stands for the words that YAML means by it.
type Nulls []string

// UnmarshalYAML implements yaml's obsolete Unmarshaler.
func (n *Nulls) UnmarshalYAML(unmarshal func(any) error) error {
	var words []*string
	if err := unmarshal(&words); err != nil {
		return err
	}
	*n = nil
	for _, word := range words {
		if word == nil {
			*n = append(*n, "null", "Null", "NULL", "~")
			continue
		}
		*n = append(*n, *word)
	}
	return nil
}
