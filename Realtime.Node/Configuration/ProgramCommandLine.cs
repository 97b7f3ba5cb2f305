using System.CommandLine;
using System.CommandLine.Invocation;
using Realtime.Messages.Errors;

namespace Realtime.Node.Configuration;

/// <summary>
/// What the command lines of servers have in common: a few options that stand above every other source of configuration. Their values go unread into the
/// configuration, so that a wrong one is reported together with all other faults.
/// </summary>
public static class ProgramCommandLine
{
    /// <param name="value">What the help calls the value.</param>
    public static Option<string> Text(string name, string description, string value) => new(name) { Description = description, HelpName = value };

    public static Option<bool> CheckConfig() => new("--check-config")
    {
        Description = "Check the configuration, print it with secrets masked, and exit: 0 when it is good, 2 with every fault otherwise.",
    };

    /// <summary>The values that were given, by the names of the options they stand for.</summary>
    public static Dictionary<string, string?> Overrides(ParseResult parsed, params ReadOnlySpan<(Option<string> Option, string Key)> texts)
    {
        var overrides = new Dictionary<string, string?>();
        foreach (var (option, key) in texts)
        {
            if (parsed.GetValue(option) is { } value)
            {
                overrides[key] = value;
            }
        }

        return overrides;
    }

    /// <returns>The exit code; <see cref="ExitCodes.BadConfiguration"/> when the arguments are wrong, and every fault is told.</returns>
    public static Task<int> RunAsync(RootCommand command, string[] arguments, TextWriter output, TextWriter faults)
    {
        // A value may begin with @, which System.CommandLine would take for the name of a file with arguments.
        var parsed = command.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction)
        {
            foreach (var error in parsed.Errors)
            {
                faults.WriteLine(error.Message);
            }

            foreach (var unknown in parsed.UnmatchedTokens.Where(token => token.StartsWith('-')))
            {
                if (NearestWord.Of(unknown.Split('=')[0], command.Options.Select(option => option.Name)) is { } meant)
                {
                    faults.WriteLine($"Is {meant} meant?");
                }
            }

            faults.WriteLine("See --help.");
            return Task.FromResult(ExitCodes.BadConfiguration);
        }

        return parsed.InvokeAsync(new InvocationConfiguration
        {
            Output = output,
            Error = faults,

            // Signals are the program's, and an exception nobody foresaw keeps its stack trace.
            ProcessTerminationTimeout = null,
            EnableDefaultExceptionHandler = false,
        });
    }
}
