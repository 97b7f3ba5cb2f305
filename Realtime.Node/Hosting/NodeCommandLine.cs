using System.CommandLine;
using Realtime.Node.Configuration;
using Realtime.Node.Hosting.Configuration;

namespace Realtime.Node.Hosting;

/// <summary>The command line: a few options that stand above every other source of configuration.</summary>
public static class NodeCommandLine
{
    private static readonly Option<string> Node = ProgramCommandLine.Text("--node", "The node's name. Default: node-0.", "NAME");
    private static readonly Option<string> Port = ProgramCommandLine.Text("--port", "TCP port for clients, 0 lets the system choose. Default: 8080.", "N");
    private static readonly Option<string> Store = ProgramCommandLine.Text("--store", "sqlite:PATH (relative to the current directory), postgres:CONNECTION or memory. Default: sqlite:data/realtime.db.", "STORE");
    private static readonly Option<string> OperatorPort = ProgramCommandLine.Text("--operator-port", "TCP port for operators, 0 lets the system choose. Default: the port for clients + 1000.", "N");
    private static readonly Option<string> ClusterPort = ProgramCommandLine.Text("--cluster-port", "TCP port for other nodes on the same PostgreSQL, 0 lets the system choose. Default: 0.", "N");
    private static readonly Option<string> ClientUrl = ProgramCommandLine.Text("--client-url", "Where clients reach this very node, such as wss://node-1.example.com. Default: none.", "URL");
    private static readonly Option<bool> CheckConfig = ProgramCommandLine.CheckConfig();

    public static Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter faults)
    {
        var command = new RootCommand("A realtime server. Everything can also be set in appsettings.json (section Realtime) and by environment variables (REALTIME__PORT=8081).")
        {
            Node, Port, OperatorPort, Store, ClusterPort, ClientUrl, CheckConfig, TokenCommand.Create(output, faults),
        };
        command.Subcommands.Add(ApiKeyVerb.Create(output, faults));
        command.SetAction(parsed => NodeHost.RunAsync(Overrides(parsed), parsed.GetValue(CheckConfig), output, faults));
        return ProgramCommandLine.RunAsync(command, arguments, output, faults);
    }

    private static Dictionary<string, string?> Overrides(ParseResult parsed)
    {
        return ProgramCommandLine.Overrides(
            parsed,
            (Node, $"{RealtimeOptions.Section}:Node"),
            (Port, $"{RealtimeOptions.Section}:Port"),
            (OperatorPort, $"{RealtimeOptions.Section}:Operator:Port"),
            (Store, $"{RealtimeOptions.Section}:Store"),
            (ClusterPort, $"{RealtimeOptions.Section}:Cluster:Port"),
            (ClientUrl, $"{RealtimeOptions.Section}:Cluster:ClientUrl"));
    }
}
