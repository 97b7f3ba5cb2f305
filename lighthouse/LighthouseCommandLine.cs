using System.CommandLine;
using System.CommandLine.Invocation;
using Realtime.Cluster.Configuration;

namespace Realtime.Lighthouse;

/// <summary>
/// The command line: a few options that stand above every other source of configuration. Their values go unread into the configuration,
/// so that a wrong one is reported together with all other faults.
/// </summary>
internal static class LighthouseCommandLine
{
    private static readonly Option<string> Port = Text("--port", "TCP port, 0 lets the system choose. Default: 8090.", "N");
    private static readonly Option<string> Store = Text("--store", "The nodes' store: sqlite:PATH (relative to the current directory) or postgres:CONNECTION. Default: sqlite:data/realtime.db.", "STORE");
    private static readonly Option<bool> CheckConfig = new("--check-config") { Description = "Check the configuration, print it with secrets masked, and exit: 0 when it is good, 2 with every fault otherwise." };

    public static Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter faults)
    {
        var command = new RootCommand("Tells clients which node of a Realtime cluster to connect to, and people how the cluster is. Everything can also be set in appsettings.json (section Lighthouse) and by environment variables (LIGHTHOUSE__PORT=8091).")
        {
            Port, Store, CheckConfig,
        };
        command.SetAction(parsed => LighthouseHost.RunAsync(Overrides(parsed), parsed.GetValue(CheckConfig), output, faults));

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

            // Signals are the host's, and an exception nobody foresaw keeps its stack trace.
            ProcessTerminationTimeout = null,
            EnableDefaultExceptionHandler = false,
        });
    }

    private static Dictionary<string, string?> Overrides(ParseResult parsed)
    {
        var overrides = new Dictionary<string, string?>();
        foreach (var (option, key) in (ReadOnlySpan<(Option<string>, string)>)[(Port, "Port"), (Store, "Store")])
        {
            if (parsed.GetValue(option) is { } value)
            {
                overrides[$"{LighthouseOptions.Section}:{key}"] = value;
            }
        }

        return overrides;
    }

    private static Option<string> Text(string name, string description, string value) => new(name) { Description = description, HelpName = value };
}
