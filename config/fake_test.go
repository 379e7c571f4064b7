package config_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/prometheus/common/model"

	"helpdesk_exporter/desk"
	"helpdesk_exporter/sources"
)

// types is the table of these tests: one adapter that has a bit of everything.
func types() map[string]func() sources.Config {
	return map[string]func() sources.Config{
		"api": func() sources.Config { return &apiConfig{Retries: 3, Settle: 10 * model.Second} },
	}
}

type apiConfig struct {
	Common  sources.Common    `yaml:",inline"`
	URL     string            `yaml:"url"`
	Columns map[string]words  `yaml:"columns,omitempty"`
	Values  map[string]string `yaml:"values,omitempty"`
	Settle  model.Duration    `yaml:"settle"`
	Retries int               `yaml:"retries"`
	CRM     bool              `yaml:"crm,omitempty"` // it knows of customers
	Auth    *auth             `yaml:"auth,omitempty"`
}

type auth struct {
	User     string `yaml:"user"`
	Password secret `yaml:"password"`
}

// secret masks itself as those of prometheus/common do.
type secret string

func (secret) MarshalYAML() (any, error) { return "<secret>", nil }

// words is one word or a list of them.
type words []string

func (w *words) UnmarshalYAML(unmarshal func(any) error) error {
	var one string
	if unmarshal(&one) == nil {
		*w = words{one}
		return nil
	}
	return unmarshal((*[]string)(w))
}

func (c *apiConfig) Shared() *sources.Common { return &c.Common }

func (c *apiConfig) Feeds() []desk.Kind {
	if c.CRM {
		return []desk.Kind{desk.KindTicket, desk.KindCustomer}
	}
	return []desk.Kind{desk.KindTicket}
}

func (c *apiConfig) New(sources.Options) (sources.Source, error) {
	return nil, errors.New("nothing to read")
}

func (c *apiConfig) Validate() error {
	var errs []error
	if c.URL == "" {
		errs = append(errs, errors.New("url: required: the address of the desk"))
	}
	for _, field := range slices.Sorted(maps.Keys(c.Columns)) {
		if slices.Contains(c.Columns[field], "") {
			errs = append(errs, fmt.Errorf("columns.%s: a header is empty", field))
		}
	}
	if c.Retries < 0 {
		errs = append(errs, errors.New("retries must not be negative"))
	}
	return errors.Join(errs...)
}
