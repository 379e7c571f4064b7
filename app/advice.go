package app

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"

	"helpdesk_exporter/internal/api"
	"helpdesk_exporter/poll"
	"helpdesk_exporter/sources"
)

// advice is what a failure means and what to do about it. The failure's own
// words stay in the log: they may name hosts, and the page may have other
// readers.
type advice struct{ says, do, manual string }

// adviceOn has an advice for each reason for which a poll fails.
var adviceOn = map[sources.Reason]advice{
	sources.ReasonUnreadable: {
		"A file or a folder could not be read.",
		"Check that it exists, is mounted, and that the exporter's user may read it.",
		"./docs/sources#which-files-are-read-and-when",
	},
	sources.ReasonCanceled: {
		"The poll was broken off before its end.",
		"Nothing: the next poll reads what this one left.",
		"./docs/operations#trying-the-sources",
	},
	sources.ReasonUnreachable: {
		"The desk cannot be reached: the connection broke, or could not be made.",
		"Check the network, url and proxy_url, and whether the desk itself is down.",
		limitsManual,
	},
	sources.ReasonRefused: {
		"The desk refused the credentials, or they lack a right, a scope or a plan.",
		"Renew the credentials or grant what the log names, then try them with helpdesk_exporter check.",
		limitsManual,
	},
	sources.ReasonRateLimited: {
		"The desk wants fewer requests, and waiting was not enough.",
		"Set rate_limit or a longer poll_interval, and see who else uses up the account's limit.",
		limitsManual,
	},
	sources.ReasonBadAnswer: {
		"What answered is not what the desk documents, such as a login page or an address that does not exist.",
		"Check url, and whether a proxy answers in the place of the desk.",
		limitsManual,
	},
	sources.ReasonInternal: {
		"The exporter met something that it did not expect.",
		"See Poll failed in the log; this may be a fault of the exporter that is worth a report.",
		"./docs/operations#troubleshooting",
	},
}

// storageAdvice is about pages that were read and could not be kept.
var storageAdvice = advice{
	"What was read could not be written to the state.",
	"Make room on its disk, or mend it: nothing is lost, what was not kept is read again.",
	"./docs/operations#the-disk-is-full",
}

const limitsManual = "./docs/sources#limits-failures-pauses"

// adviceFor returns what a failure means and what to do about it.
func adviceFor(failure error) advice {
	reason := sources.ReasonOf(failure)
	switch {
	case errors.Is(failure, poll.ErrStorage):
		return storageAdvice
	case reason == sources.ReasonUnreachable:
		return adviceOnReaching(failure)
	}
	of := adviceOn[reason]
	if code := api.StatusOf(failure); code != 0 {
		of.says += fmt.Sprintf(" It answered with the status code %d.", code)
	}
	return of
}

// adviceOnReaching tells apart what keeps the answers of a desk away.
func adviceOnReaching(failure error) advice {
	var (
		lookup  *net.DNSError
		timeout net.Error
	)
	switch code := api.StatusOf(failure); {
	case code >= http.StatusInternalServerError:
		return advice{
			fmt.Sprintf("The desk, or something in front of it, answered with an error of its own (%d) each time it was asked.", code),
			"Look at the desk's status page; if a proxy of yours stands in front of it, at that.", limitsManual,
		}
	case code != 0:
		return advice{
			fmt.Sprintf("The desk put the exporter off each time it was asked (%d).", code),
			"Nothing for now: it is asked again. If that goes on, look at the desk's status page.", limitsManual,
		}
	case untrusted(failure):
		return advice{
			"A host answers, and no secure connection (TLS) to it can be made.",
			"Check its certificate, tls_config, the scheme and the host of url, and whether a proxy stands in between.", limitsManual,
		}
	case errors.As(failure, &lookup):
		return advice{
			"The name of the desk's host could not be looked up.",
			"Check the host of url, and the DNS of the machine.", limitsManual,
		}
	case errors.Is(failure, syscall.ECONNREFUSED):
		return advice{
			"Nothing listens where the desk should be: the connection was refused.",
			"Check the host and the port of url and proxy_url, firewalls, and whether the desk itself is down.", limitsManual,
		}
	case api.Slow(failure), errors.As(failure, &timeout) && timeout.Timeout():
		return advice{
			"No answer came in time.",
			"Check the network and whether the desk is slow or down; raise request_timeout if it is only slow.", limitsManual,
		}
	default:
		return adviceOn[sources.ReasonUnreachable]
	}
}

// untrusted reports whether a connection failed for want of a secure one.
func untrusted(failure error) bool {
	var (
		certificate *tls.CertificateVerificationError
		authority   x509.UnknownAuthorityError
		host        x509.HostnameError
		invalid     x509.CertificateInvalidError
		record      tls.RecordHeaderError
		alert       tls.AlertError
	)
	return errors.As(failure, &certificate) || errors.As(failure, &authority) || errors.As(failure, &host) ||
		errors.As(failure, &invalid) || errors.As(failure, &record) || errors.As(failure, &alert) ||
		errors.Is(failure, http.ErrSchemeMismatch)
}
