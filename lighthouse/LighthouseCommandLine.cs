using System.CommandLine;
using Realtime.Node.Configuration;

namespace Realtime.Lighthouse;

/// <summary>The command line: a few options that stand above every other source of configuration.</summary>
internal static class LighthouseCommandLine
{
    private static readonly Option<string> Port = ProgramCommandLine.Text("--port", "TCP port for clients, 0 lets the system choose. Default: 8090.", "N");
    private static readonly Option<string> OperatorPort = ProgramCommandLine.Text("--operator-port", "TCP port for operators, 0 lets the system choose. Default: the port for clients + 1000.", "N");
    private static readonly Option<string> Store = ProgramCommandLine.Text("--store", "The nodes' store: sqlite:PATH (relative to the current directory) or postgres:CONNECTION. Default: sqlite:data/realtime.db.", "STORE");
    private static readonly Option<bool> CheckConfig = ProgramCommandLine.CheckConfig();

    public static Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter faults)
    {
        var command = new RootCommand("Tells clients which node of a Realtime cluster to connect to, and people how the cluster is. Everything can also be set in appsettings.json (section Lighthouse) and by environment variables (LIGHTHOUSE__PORT=8091).")
        {
            Port, OperatorPort, Store, CheckConfig,
        };
        command.SetAction(parsed => LighthouseHost.RunAsync(Overrides(parsed), parsed.GetValue(CheckConfig), output, faults));
        return ProgramCommandLine.RunAsync(command, arguments, output, faults);
    }

    private static Dictionary<string, string?> Overrides(ParseResult parsed) => ProgramCommandLine.Overrides(
        parsed,
        (Port, $"{LighthouseOptions.Section}:Port"),
        (OperatorPort, $"{LighthouseOptions.Section}:Operator:Port"),
        (Store, $"{LighthouseOptions.Section}:Store"));
}
