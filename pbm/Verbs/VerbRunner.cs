using System.CommandLine;
using Realtime.Messages.Operators;
using Realtime.Pbm.Calls;
using Realtime.Pbm.Output;

namespace Realtime.Pbm.Verbs;

/// <summary>Makes verbs, gives them what they need when they run, and turns what goes wrong into one line and an exit code.</summary>
internal sealed class VerbRunner(Surroundings around, GlobalOptions globals)
{
    public Surroundings Around => around;

    public GlobalOptions Globals => globals;

    public Verb Verb(
        string name, string description, IReadOnlyList<string> examples, IReadOnlyList<Symbol> symbols, Func<VerbContext, CancellationToken, Task<int>> run)
    {
        var verb = Plain(name, description, examples, symbols);
        verb.SetAction((parsed, stop) => RunAsync(parsed, GlobalOptions.DefaultTimeout, limitRequests: false, run, stop));
        return verb;
    }

    /// <summary>A verb whose <c>--timeout</c> is for the end of something that takes its time: a single request must not take as long.</summary>
    public Verb Patient(
        string name, string description, IReadOnlyList<string> examples, IReadOnlyList<Symbol> symbols, Func<VerbContext, CancellationToken, Task<int>> run)
    {
        var verb = Plain(name, description, examples, symbols);
        verb.SetAction((parsed, stop) => RunAsync(parsed, GlobalOptions.DefaultTimeout, limitRequests: true, run, stop));
        return verb;
    }

    /// <summary>A verb that asks nobody.</summary>
    public Verb Local(string name, string description, IReadOnlyList<string> examples, IReadOnlyList<Symbol> symbols, Action<ParseResult> run)
    {
        var verb = Plain(name, description, examples, symbols);
        verb.SetAction(parsed =>
        {
            run(parsed);
            return PbmExitCodes.Done;
        });
        return verb;
    }

    private static Verb Plain(string name, string description, IReadOnlyList<string> examples, IReadOnlyList<Symbol> symbols)
    {
        var verb = new Verb(name, description, examples);
        foreach (var symbol in symbols)
        {
            switch (symbol)
            {
                case Argument argument:
                    verb.Arguments.Add(argument);
                    break;
                case Option option:
                    verb.Options.Add(option);
                    break;
                default:
                    throw new InvalidOperationException($"a verb has no {symbol.GetType().Name}");
            }
        }

        return verb;
    }

    private async Task<int> RunAsync(ParseResult parsed, TimeSpan most, bool limitRequests, Func<VerbContext, CancellationToken, Task<int>> run, CancellationToken stop)
    {
        var screen = new Screen(around, parsed.GetValue(globals.Json), globals.Colours(parsed));
        try
        {
            using var api = new OperatorApi(globals.Target(parsed, limitRequests ? most : null), around.Time);
            return await run(new VerbContext(parsed, around, screen, api, globals.TimeoutOf(parsed)), stop).ConfigureAwait(false);
        }
        catch (CallFailedException e)
        {
            screen.Failure(e.Error);
            return e.ExitCode;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            screen.Failure(new OperatorError("timeout", "Interrupted; if it was to do something, that may have been done.", null));
            return PbmExitCodes.Unfinished;
        }
        catch (Exception e)
        {
            screen.Failure(new OperatorError("internal", $"{e.GetType().Name}: {e.Message}", null));
            return PbmExitCodes.Unexpected;
        }
    }
}
