using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Realtime.Messages.Operators;
using Realtime.Pbm.Output;
using Realtime.Pbm.Verbs;

namespace Realtime.Pbm;

/// <summary>The tree of verbs, and how a command line becomes one of them.</summary>
internal static class PbmCommandLine
{
    public static Task<int> RunAsync(string[] arguments, Surroundings around, CancellationToken stop)
    {
        var root = Tree(around);

        // Channels of users begin with @, which System.CommandLine would take for the name of a file with arguments.
        var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });

        // Help and completion have actions of their own, and completion is asked about half a line.
        var misspelt = parsed.Action is ParseErrorAction || parsed.Action == parsed.CommandResult.Command.Action ? Spelling.Faults(parsed, arguments) : [];
        if (parsed.Action is ParseErrorAction || misspelt.Count > 0)
        {
            // A verb that is only a group has no action of its own: its help says more than "required command was not provided".
            var screen = new Screen(around, arguments.Contains("--json"), colours: false);
            var path = string.Join(' ', Path(parsed.CommandResult));
            screen.Failure(new OperatorError("bad_request", $"{string.Join(' ', misspelt.Count > 0 ? misspelt : parsed.Errors.Select(error => error.Message).Distinct())} See: {path} --help", null));
            return Task.FromResult(PbmExitCodes.BadArguments);
        }

        return parsed.InvokeAsync(
            new InvocationConfiguration
            {
                Output = around.Output,
                Error = around.Error,

                // Signals are the process's (Interrupt), and what goes wrong is told by VerbRunner.
                ProcessTerminationTimeout = null,
                EnableDefaultExceptionHandler = false,
            },
            stop);
    }

    internal static RootCommand Tree(Surroundings around)
    {
        var globals = new GlobalOptions(around);
        var runner = new VerbRunner(around, globals);
        var root = new RootCommand("Sees and steers a Realtime cluster over its operator API. Exit codes: 0 done; 1 unexpected; 2 wrong arguments; 3 nobody answers; 4 not allowed; 5 not found; 6 refused in this state, or faults found; 7 unavailable, timed out or done only in part.")
        {
            ClusterVerbs.Create(runner),
            ShardingVerbs.Create(runner),
            SessionVerbs.Create(runner),
            RevokeVerb.UserGroup(runner),
            ChannelVerbs.Create(runner),
            ScheduleVerbs.Create(runner),
            WebhookVerbs.Create(runner),
            NodeVerbs.Create(runner),
            LogVerbs.Create(runner),
            ConfigVerbs.Create(runner),
            AuditVerb.Create(runner),
            CompletionVerb.Create(runner),
        };
        foreach (var option in globals.All)
        {
            root.Options.Add(option);
        }

        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        return root;
    }

    private static IEnumerable<string> Path(System.CommandLine.Parsing.CommandResult command) =>
        command.Parent is System.CommandLine.Parsing.CommandResult parent ? [.. Path(parent), command.Command.Name] : ["pbm"];
}
