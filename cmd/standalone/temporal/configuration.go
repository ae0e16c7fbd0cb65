package temporalserver

import (
	"fmt"
	"maps"
	"net"
	"time"

	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/primitives"
	"go.temporal.io/server/temporal"
)

// clusterName is Temporal's own name for a cluster of one.
const clusterName = "active"

// limits lifts what would slow down a single node: rate limits made for many tenants, polls that leave a timer
// waiting for 50 ms, and task queues divided for machines that are not there. The server does not call home.
var limits = dynamicconfig.StaticClient{
	dynamicconfig.EnableServerVersionCheck.Key():                     false,
	dynamicconfig.FrontendRPS.Key():                                  100_000,
	dynamicconfig.FrontendMaxNamespaceRPSPerInstance.Key():           100_000,
	dynamicconfig.FrontendMaxNamespaceVisibilityRPSPerInstance.Key(): 1_000,
	dynamicconfig.FrontendPersistenceMaxQPS.Key():                    100_000,
	dynamicconfig.HistoryRPS.Key():                                   100_000,
	dynamicconfig.HistoryPersistenceMaxQPS.Key():                     100_000,
	dynamicconfig.MatchingRPS.Key():                                  100_000,
	dynamicconfig.MatchingPersistenceMaxQPS.Key():                    100_000,
	dynamicconfig.MatchingNumTaskqueueReadPartitions.Key():           1,
	dynamicconfig.MatchingNumTaskqueueWritePartitions.Key():          1,
	dynamicconfig.TransferProcessorMaxPollRPS.Key():                  1_000,
	dynamicconfig.TimerProcessorMaxPollRPS.Key():                     1_000,
	dynamicconfig.VisibilityProcessorMaxPollRPS.Key():                1_000,
}

func (o Options) limits() dynamicconfig.StaticClient {
	if o.SuggestContinueAfter == 0 {
		return limits
	}
	own := maps.Clone(limits)
	own[dynamicconfig.HistoryCountSuggestContinueAsNew.Key()] = o.SuggestContinueAfter
	return own
}

// configuration describes a cluster of one: every service on 127.0.0.1, no gossip, archival and metrics off.
func configuration(o Options, s stores, ports []int) (*config.Config, map[primitives.ServiceName]static.Hosts) {
	cfg := &config.Config{Services: map[string]config.Service{}}
	hosts := map[primitives.ServiceName]static.Hosts{}
	for i, name := range temporal.DefaultServices {
		address := fmt.Sprintf("127.0.0.1:%d", ports[i])
		cfg.Services[name] = config.Service{RPC: config.RPC{GRPCPort: ports[i], BindOnIP: "127.0.0.1"}}
		hosts[primitives.ServiceName(name)] = static.SingleLocalHost(address)
		if name == string(primitives.FrontendService) {
			cfg.PublicClient.HostPort = address
		}
	}
	cfg.Persistence = config.Persistence{
		DefaultStore: "main", VisibilityStore: "visibility", NumHistoryShards: o.Shards,
		DataStores: map[string]config.DataStore{"main": {SQL: s.main}, "visibility": {SQL: s.visibility}},
	}
	cfg.Global.Membership = config.Membership{MaxJoinDuration: 30 * time.Second, BroadcastAddress: "127.0.0.1"}
	cfg.ClusterMetadata = &cluster.Config{
		FailoverVersionIncrement: 10, MasterClusterName: clusterName, CurrentClusterName: clusterName,
		ClusterInformation: map[string]cluster.ClusterInformation{
			clusterName: {Enabled: true, InitialFailoverVersion: 1, RPCAddress: cfg.PublicClient.HostPort},
		},
	}
	cfg.DCRedirectionPolicy.Policy = "noop"
	cfg.Archival.History.State, cfg.Archival.Visibility.State = "disabled", "disabled"
	cfg.NamespaceDefaults.Archival.History.State, cfg.NamespaceDefaults.Archival.Visibility.State = "disabled", "disabled"
	return cfg, hosts
}

// freePorts picks n ports that are free now. They are held until all are picked, so that none comes twice; another
// process can still take one before the server does.
func freePorts(n int) ([]int, error) {
	var ports []int
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer func() { _ = l.Close() }()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}
