using System.CommandLine;
using Realtime.Node.Configuration;
using Realtime.Node.Hosting;
using Realtime.Node.Hosting.Configuration;

namespace Realtime.Lighthouse;

/// <summary>The command line: a few options that stand above every other source of configuration.</summary>
internal static class LighthouseCommandLine
{
    private static readonly Option<string> Name = ProgramCommandLine.Text("--node", "The lighthouse's name in the cluster. Default: lighthouse-0.", "NAME");
    private static readonly Option<string> Port = ProgramCommandLine.Text("--port", "TCP port for clients, 0 lets the system choose. Default: 8090.", "N");
    private static readonly Option<string> Store = ProgramCommandLine.Text("--store", "The nodes' database, postgres:CONNECTION.", "STORE");
    private static readonly Option<string> OperatorPort = ProgramCommandLine.Text("--operator-port", "TCP port for operators, 0 lets the system choose. Default: the port for clients + 1000.", "N");
    private static readonly Option<string> ClusterPort = ProgramCommandLine.Text("--cluster-port", "TCP port for nodes and other lighthouses, 0 lets the system choose. Default: 0.", "N");
    private static readonly Option<bool> CheckConfig = ProgramCommandLine.CheckConfig();

    public static Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter faults)
    {
        var command = new RootCommand(
            "The contact point of a Realtime cluster: tells clients which node to connect to, and shows operators the cluster. "
            + "Everything can also be set in appsettings.json (section Realtime) and by environment variables (REALTIME__PORT=8091).")
        {
            Name, Port, OperatorPort, Store, ClusterPort, CheckConfig,
        };
        command.SetAction(parsed => NodeHost.RunAsync(Overrides(parsed), parsed.GetValue(CheckConfig), output, faults, ProgramRole.Lighthouse));
        return ProgramCommandLine.RunAsync(command, arguments, output, faults);
    }

    private static Dictionary<string, string?> Overrides(ParseResult parsed) => ProgramCommandLine.Overrides(
        parsed,
        (Name, $"{RealtimeOptions.Section}:Node"),
        (Port, $"{RealtimeOptions.Section}:Port"),
        (OperatorPort, $"{RealtimeOptions.Section}:Operator:Port"),
        (Store, $"{RealtimeOptions.Section}:Store"),
        (ClusterPort, $"{RealtimeOptions.Section}:Cluster:Port"));
}
