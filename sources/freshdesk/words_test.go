package freshdesk

import (
	"testing"
	"time"

	"helpdesk_exporter/desk"
)

func TestStatusesMeanWhatTheDeskMeans(t *testing.T) {
	configured := &Config{Statuses: map[int]string{7: "open", 9: "on_hold", 5: "solved"}}
	for _, tt := range []struct {
		config *Config
		code   int
		name   string
		want   desk.Status
	}{
		{&Config{}, 2, "Open", desk.StatusOpen},
		{&Config{}, 3, "Pending", desk.StatusPending},
		{&Config{}, 4, "Resolved", desk.StatusSolved},
		{&Config{}, 5, "Closed", desk.StatusClosed},
		{&Config{}, 4, "Pending", desk.StatusSolved}, // renamed, but what it is
		{&Config{}, 6, "", desk.StatusPending},
		{&Config{}, 7, "", desk.StatusOnHold},
		{&Config{}, 8, "", desk.StatusOpen},
		{&Config{}, 6, "Waiting on Customer", desk.StatusPending},
		{&Config{}, 7, "Waiting on Third Party", desk.StatusOnHold},
		{&Config{}, 6, "Escalated", desk.StatusOpen}, // renamed, and something else now
		{&Config{}, 8, "On hold", desk.StatusOnHold},
		{&Config{}, 8, "Customer responded", desk.StatusOpen},
		{&Config{}, 8, "Awaiting your reply", desk.StatusPending},
		{&Config{}, 8, "Awaiting agent", desk.StatusOpen},
		{&Config{}, 8, "Waiting for spare parts", desk.StatusOnHold},
		{&Config{}, 8, "Closed", desk.StatusOpen}, // the desk has one status for that
		{&Config{}, 8, "Deleted", desk.StatusOpen},
		{configured, 7, "Waiting on Third Party", desk.StatusOpen},
		{configured, 9, "", desk.StatusOnHold},
		{configured, 5, "", desk.StatusSolved},
	} {
		if got := tt.config.meaning(tt.code, tt.name); got != tt.want {
			t.Errorf("status %d %q under %v: got %s, want %s", tt.code, tt.name, tt.config.Statuses, got, tt.want)
		}
	}
}

func TestSourcesBecomeChannels(t *testing.T) {
	for code, want := range map[word]struct {
		channel string
		creator desk.Role
	}{
		"1": {"email", desk.RoleCustomer}, "2": {"web", desk.RoleCustomer}, "3": {"phone", desk.RoleCustomer},
		"5": {"social", desk.RoleCustomer}, "6": {"social", desk.RoleCustomer}, "7": {"chat", desk.RoleCustomer},
		"9": {"web", desk.RoleCustomer}, "10": {"email", desk.RoleAgent}, "13": {"messaging", desk.RoleCustomer},
		"15": {"chat", desk.RoleCustomer}, "11": {"other", desk.RoleUnknown}, "101": {"other", desk.RoleUnknown}, "": {"", desk.RoleUnknown},
	} {
		if got := channelOf(code); got != want.channel {
			t.Errorf("source %q: got channel %q, want %q", code, got, want.channel)
		}
		if got := creatorOf(code); got != want.creator {
			t.Errorf("source %q: got creator %s, want %s", code, got, want.creator)
		}
	}
}

func TestPrioritiesAndTypes(t *testing.T) {
	for code, want := range map[word]string{"1": "low", "2": "normal", "3": "high", "4": "urgent", "5": "", "": "", "Medium": "normal"} {
		if got := priorityOf(code); got != want {
			t.Errorf("priority %q: got %q, want %q", code, got, want)
		}
	}
	for name, want := range map[text]string{"Question": "question", "Incident": "incident", "Problem": "problem", "Feature Request": "request", "Refund": "", "": ""} {
		if got := typeOf(name); got != want {
			t.Errorf("type %q: got %q, want %q", name, got, want)
		}
	}
}

func TestRatingsLieFromMinusThreeToThree(t *testing.T) {
	for w, want := range map[word]desk.Opt[float64]{
		"103": desk.Some(3.0), "102": desk.Some(2.0), "101": desk.Some(1.0), "100": desk.Some(0.0),
		"-101": desk.Some(-1.0), "-102": desk.Some(-2.0), "-103": desk.Some(-3.0),
		"104": {}, "-104": {}, "99": {}, "-100": {}, "3": {}, "0": {}, "": {}, "happy": {},
	} {
		if score, ok := scoreOf(w); ok != want.Set || ok && score != want.Value {
			t.Errorf("rating %q: got %v, %t, want %+v", w, score, ok, want)
		}
	}
}

func TestTimeSpentIsHoursAndMinutes(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"00:25": 25 * time.Minute, "1:05": time.Hour + 5*time.Minute, "100:00": 100 * time.Hour,
		"": -1, "25": -1, "1:60": -1, "-1:00": -1, "1:-5": -1, "1:05:00": -1, ":": -1,
	} {
		got, ok := hoursAndMinutes(text)
		if ok != (want >= 0) || ok && got != want {
			t.Errorf("%q: got %s, %t, want %s", text, got, ok, want)
		}
	}
}
