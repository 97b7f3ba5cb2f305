using Realtime.Node.Configuration;
using Realtime.Node.Persistence.Store;

namespace Realtime.Node.Hosting.Configuration;

/// <summary>In what the options of a lighthouse differ from those of a node. What is only for sessions, channels and connections counts for nothing there.</summary>
internal static class LighthouseRules
{
    private const string DefaultName = "lighthouse-0";
    private const int DefaultPort = 8090;

    public static RealtimeOptions DefaultsOf(ProgramRole role) => role is ProgramRole.Node
        ? new RealtimeOptions()
        : new RealtimeOptions { Node = DefaultName, Port = DefaultPort };

    public static void Check(ProgramRole role, RealtimeOptions options, FaultList faults)
    {
        if (role is ProgramRole.Lighthouse && StoreChoice.TryParse(options.Store, out var store) && !store.IsShared)
        {
            faults.Add($"{RealtimeOptions.Section}:Store", $"must be the PostgreSQL database of the nodes, is '{store}'");
        }
    }
}
