package builtin_test

import (
	"reflect"
	"testing"

	"helpdesk_exporter/sources/builtin"
)

func TestEveryTypeMakesAConfigurationOfItsOwn(t *testing.T) {
	for name, newConfig := range builtin.Types() {
		first, second := newConfig(), newConfig()
		if first == second {
			t.Errorf("%s: two sources would share one configuration", name)
		}
		// The decoder fills what the pointer leads to.
		if p := reflect.TypeOf(first); p.Kind() != reflect.Pointer || p.Elem().Kind() != reflect.Struct {
			t.Errorf("%s: %T is no pointer to a struct", name, first)
		}
		first.Shared().Name = "first"
		if first.Shared().Name != "first" || second.Shared().Name != "" {
			t.Errorf("%s: the shared settings are a copy, or not one's own", name)
		}
	}
}
