using System.CommandLine;
using System.CommandLine.Invocation;
using Realtime.Cluster.Configuration;

namespace Realtime.Node.Hosting;

/// <summary>
/// The command line: a few options that stand above every other source of configuration. Their values go unread into the configuration,
/// so that a wrong one is reported together with all other faults.
/// </summary>
public static class NodeCommandLine
{
    private static readonly Option<string> Node = Text("--node", "The node's name. Default: node-0.", "NAME");
    private static readonly Option<string> Port = Text("--port", "TCP port for clients, 0 lets the system choose. Default: 8080.", "N");
    private static readonly Option<string> Store = Text("--store", "sqlite:PATH (relative to the current directory), postgres:CONNECTION or memory. Default: sqlite:data/realtime.db.", "STORE");
    private static readonly Option<string> OperatorPort = Text("--operator-port", "TCP port for operators, 0 lets the system choose. Default: the port for clients + 1000.", "N");
    private static readonly Option<bool> Cluster = new("--cluster") { Description = "Form a cluster with the other nodes on the same store. Always so on PostgreSQL." };
    private static readonly Option<string> PeerPort = Text("--peer-port", "TCP port for other nodes, 0 lets the system choose. Default: 0.", "N");
    private static readonly Option<string> ClientUrl = Text("--client-url", "Where clients reach this very node, such as wss://node-1.example.com. Default: none.", "URL");
    private static readonly Option<bool> CheckConfig = new("--check-config") { Description = "Check the configuration, print it with secrets masked, and exit: 0 when it is good, 2 with every fault otherwise." };

    public static Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter faults)
    {
        var command = new RootCommand("A realtime server. Everything can also be set in appsettings.json (section Realtime) and by environment variables (REALTIME__PORT=8081).")
        {
            Node, Port, OperatorPort, Store, Cluster, PeerPort, ClientUrl, CheckConfig,
        };
        command.SetAction(parsed => NodeHost.RunAsync(Overrides(parsed), parsed.GetValue(CheckConfig), output, faults));

        var parsed = command.Parse(arguments);
        if (parsed.Action is ParseErrorAction)
        {
            foreach (var error in parsed.Errors)
            {
                faults.WriteLine(error.Message);
            }

            faults.WriteLine("See --help.");
            return Task.FromResult(ExitCodes.BadConfiguration);
        }

        return parsed.InvokeAsync(new InvocationConfiguration
        {
            Output = output,
            Error = faults,

            // Signals are ours (DrainFirstLifetime), and an exception nobody foresaw keeps its stack trace.
            ProcessTerminationTimeout = null,
            EnableDefaultExceptionHandler = false,
        });
    }

    private static Dictionary<string, string?> Overrides(ParseResult parsed)
    {
        var overrides = new Dictionary<string, string?>();
        ReadOnlySpan<(Option<string>, string)> texts =
        [
            (Node, "Realtime:Node"), (Port, "Realtime:Port"), (OperatorPort, "Realtime:Operator:Port"), (Store, "Realtime:Store"),
            (PeerPort, "Realtime:Cluster:PeerPort"), (ClientUrl, "Realtime:Cluster:ClientUrl"),
        ];
        foreach (var (option, key) in texts)
        {
            if (parsed.GetValue(option) is { } value)
            {
                overrides[key] = value;
            }
        }

        if (parsed.GetValue(Cluster))
        {
            overrides["Realtime:Cluster:Enabled"] = "true";
        }

        return overrides;
    }

    private static Option<string> Text(string name, string description, string value) => new(name) { Description = description, HelpName = value };
}
