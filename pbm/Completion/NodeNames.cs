using System.CommandLine;
using System.CommandLine.Completions;
using Realtime.Messages.Operators;
using Realtime.Pbm.Calls;
using Realtime.Pbm.Verbs;

namespace Realtime.Pbm.Completion;

/// <summary>Arguments and options that are the name of a node, with the cluster's own nodes to choose from.</summary>
internal static class NodeNames
{
    /// <summary>Somebody has pressed Tab and waits.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public static Argument<string> Required(VerbRunner runner) => With(new Argument<string>("NODE") { Description = "Name of the node." }, runner);

    public static Argument<string?> Optional(VerbRunner runner) =>
        With(new Argument<string?>("NODE") { Description = "Name of the node; without it the one that answers.", Arity = ArgumentArity.ZeroOrOne }, runner);

    public static Argument<string[]> Several(VerbRunner runner) =>
        With(new Argument<string[]>("NODE") { Description = "Names of nodes; without any, all.", Arity = ArgumentArity.ZeroOrMore }, runner);

    public static Option<string?> Option(VerbRunner runner, string description) => With(new Option<string?>("--node") { Description = description, HelpName = "NODE" }, runner);

    public static T With<T>(T symbol, VerbRunner runner) where T : Symbol
    {
        var sources = symbol switch
        {
            Argument argument => argument.CompletionSources,
            Option option => option.CompletionSources,
            _ => throw new InvalidOperationException($"{symbol.GetType().Name} takes no value"),
        };
        sources.Add(context => Ask(context, runner));
        return symbol;
    }

    private static IEnumerable<CompletionItem> Ask(CompletionContext context, VerbRunner runner)
    {
        try
        {
            using var api = new OperatorApi(runner.Globals.Target(context.ParseResult, Patience), runner.Around.Time);
            var cluster = Task.Run(() => api.GetAsync<ClusterStatus>("cluster", CancellationToken.None)).GetAwaiter().GetResult().Value;
            return [.. cluster.Nodes.Select(node => new CompletionItem(node.Name, detail: node.Status))];
        }
        catch (CallFailedException)
        {
            // In the middle of a line that is being typed there is nobody to tell: no names, no completion.
            return [];
        }
    }
}
