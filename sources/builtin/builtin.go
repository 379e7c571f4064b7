// Package builtin is the one table of the adapters that the exporter is built
// with. A new adapter is a package of its own and a line here.
package builtin

import (
	"helpdesk_exporter/sources"
	"helpdesk_exporter/sources/csv"
	"helpdesk_exporter/sources/freshdesk"
	"helpdesk_exporter/sources/intercom"
	"helpdesk_exporter/sources/rt"
	"helpdesk_exporter/sources/simulate"
	"helpdesk_exporter/sources/zendesk"
)

// Types returns, for each type that a source can have, the function that makes
// its configuration with the defaults set. Keep it sorted.
func Types() map[string]func() sources.Config {
	return map[string]func() sources.Config{
		"csv":             csv.NewConfig,
		"freshdesk":       freshdesk.NewConfig,
		"intercom":        intercom.NewConfig,
		"request_tracker": rt.NewConfig,
		"simulate":        simulate.NewConfig,
		"zendesk":         zendesk.NewConfig,
	}
}
