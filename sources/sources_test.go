package sources

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

func TestReasonOfTellsATimeOutFromACancellation(t *testing.T) {
	refused := &Error{Reason: ReasonRefused, Err: errors.New("401")}
	for _, c := range []struct {
		err  error
		want Reason
	}{
		{errors.New("broken"), ReasonInternal},
		{refused, ReasonRefused},
		{fmt.Errorf("fetch: %w", refused), ReasonRefused},
		{context.Canceled, ReasonCanceled},
		{&Error{Reason: ReasonUnreachable, Err: context.Canceled}, ReasonCanceled},
		{context.DeadlineExceeded, ReasonUnreachable},
		{&Error{Reason: ReasonUnreadable, Err: context.DeadlineExceeded}, ReasonUnreadable},
	} {
		if got := ReasonOf(c.err); got != c.want {
			t.Errorf("%v: got %s, want %s", c.err, got, c.want)
		}
	}
}
