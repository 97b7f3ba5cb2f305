using System.CommandLine;
using System.CommandLine.Invocation;

namespace Realtime.Lighthouse;

/// <summary>
/// The command line of a program that is parked. It takes the options it always took, so that an old start script is told the
/// reason and not that its options are unknown.
/// </summary>
internal static class LighthouseCommandLine
{
    /// <summary>The exit code of a program or option that this version does not have; also <c>ExitCodes.Parked</c> of the node.</summary>
    public const int Parked = 18;

    public const string Reason =
        "Lighthouses are parked: this version runs one node, and a single node needs none. " +
        "They come back together with several nodes, on Akka.NET.";

    private const int BadCommandLine = 2;

    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter faults)
    {
        var command = new RootCommand("Tells clients which node of a Realtime cluster to connect to. " + Reason)
        {
            Ignored<string>("--port", "TCP port for clients."),
            Ignored<string>("--operator-port", "TCP port for operators."),
            Ignored<string>("--store", "The nodes' store."),
            Ignored<bool>("--check-config", "Check the configuration and exit."),
        };
        command.SetAction(async (_, _) =>
        {
            await faults.WriteLineAsync(Reason);
            return Parked;
        });

        // A value may begin with @, which System.CommandLine would take for the name of a file with arguments.
        var parsed = command.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction)
        {
            foreach (var error in parsed.Errors)
            {
                await faults.WriteLineAsync(error.Message);
            }

            await faults.WriteLineAsync("See --help.");
            return BadCommandLine;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = faults });
    }

    private static Option<T> Ignored<T>(string name, string description) => new(name) { Description = description + " Ignored while lighthouses are parked." };
}
