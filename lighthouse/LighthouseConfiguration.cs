using Realtime.Node.Auth;
using Realtime.Node.Configuration;
using Realtime.Node.Gateway;
using Realtime.Node.Telemetry;

namespace Realtime.Lighthouse;

/// <summary>What was written, checked as a whole.</summary>
internal sealed record LighthouseConfiguration(LighthouseOptions Options, StoreChoice Store)
{
    private const string Root = LighthouseOptions.Section;

    /// <exception cref="RealtimeConfigurationException">With every fault there is.</exception>
    public static LighthouseConfiguration Read(IConfiguration configuration)
    {
        var faults = new FaultList();
        var options = new LighthouseOptions();
        new OptionsReader(faults).Read(configuration, Root, options);
        var store = Check(options, faults);
        List<string> all = [.. faults.All];
        if (SerilogSetup.Fault(configuration) is { } logging)
        {
            all.Add(logging);
        }

        return all.Count == 0 && store is not null
            ? new LighthouseConfiguration(options, store)
            : throw new RealtimeConfigurationException(all);
    }

    private static StoreChoice? Check(LighthouseOptions options, FaultList faults)
    {
        if (!WebListener.IsAddress(options.Address))
        {
            faults.Add($"{Root}:Address", $"must be localhost, * or an IP address, is '{options.Address}'");
        }

        faults.Range($"{Root}:Port", options.Port, 0, 65_535);
        options.Operator.Listening(options.Port).Check($"{Root}:Operator", acts: false, faults);
        faults.Range($"{Root}:GatewayRequests", options.GatewayRequests, 1, 1_000_000);
        faults.Range($"{Root}:MaxConnections", options.MaxConnections, 1, 1_000_000);
        for (var i = 0; i < options.Origins.Count; i++)
        {
            if (!OriginPolicy.IsOrigin(options.Origins[i]))
            {
                faults.Add($"{Root}:Origins:{i}", $"must be * or an origin such as https://app.example.com, is '{options.Origins[i]}'");
            }
        }

        if (options.ClientUrl is { } url && !GatewayRouting.IsClientUrl(url))
        {
            faults.Add($"{Root}:ClientUrl", $"must be where clients reach the nodes, such as wss://realtime.example.com, is '{url}'");
        }

        // Nobody can look into another process's memory.
        if (StoreChoice.TryParse(options.Store, out var store) && store is not StoreChoice.Memory)
        {
            return store;
        }

        faults.Add($"{Root}:Store", StoreChoice.Fault(options.Store, "the nodes' store, sqlite:PATH or postgres:CONNECTION"));
        return null;
    }
}
