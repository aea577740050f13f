package demo

import (
	"fmt"
	"hash/fnv"

	"roster/internal/authz"
)

// agents are the browsers that people use.
var agents = []string{
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0",
	"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
	"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
	"Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1",
	"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
}

// networks are those that RFC 5737 and RFC 3849 set aside for examples.
var networks = []string{"192.0.2.%d", "198.51.100.%d", "203.0.113.%d", "2001:db8:90::%x"}

// origin is where a request of the nth person comes from.
func origin(n int) authz.Origin {
	return authz.Origin{
		Address: fmt.Sprintf(networks[n%len(networks)], n%250+1), Agent: agents[n/len(networks)%len(agents)], RequestID: "demo",
	}
}

// originOf is the same for all requests of one person.
func originOf(email string) authz.Origin {
	h := fnv.New32a()
	_, _ = h.Write([]byte(email)) // never fails
	return origin(int(h.Sum32() >> 8))
}
