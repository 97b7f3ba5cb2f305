using System.CommandLine;
using Realtime.Pbm.Calls;

namespace Realtime.Pbm.Verbs;

/// <summary>How much of a long list: <c>--limit</c>, <c>--after</c>, <c>--all</c>.</summary>
internal sealed class PageOptions
{
    /// <summary>What the API gives at a time at most.</summary>
    private const int MostAtATime = 1000;

    public Option<int> Limit { get; } = new("--limit") { Description = "How many at most.", HelpName = "N", DefaultValueFactory = static _ => 100 };

    public Option<string?> After { get; } = new("--after") { Description = "Go on after this one: what the page before said.", HelpName = "NAME" };

    public Option<bool> Everything { get; } = new("--all") { Description = "The whole list, however long." };

    public IReadOnlyList<Symbol> All => [Limit, After, Everything];

    /// <summary>Reads pages until there are enough or no more.</summary>
    /// <param name="next">What a page says to go on after.</param>
    /// <param name="join">One page out of two.</param>
    public async Task<ApiAnswer<T>> ReadAsync<T>(
        VerbContext context, Func<string?, int, string> path, Func<T, string?> next, Func<T, int> count, Func<T, T, T> join, CancellationToken stop)
    {
        var wanted = context.Get(Everything) ? int.MaxValue : context.Get(Limit);
        if (wanted < 1)
        {
            throw CallFailedException.Usage("--limit must be at least 1.", "limit");
        }

        var answer = await context.Api.GetAsync<T>(path(context.Get(After), Math.Min(wanted, MostAtATime)), stop).ConfigureAwait(false);
        while (next(answer.Value) is { } after && count(answer.Value) is var have && have < wanted)
        {
            var page = await context.Api.GetAsync<T>(path(after, Math.Min(wanted - have, MostAtATime)), stop).ConfigureAwait(false);
            if (next(page.Value) == after)
            {
                throw new InvalidOperationException($"the page after '{after}' says to go on after '{after}'");
            }

            var joined = join(answer.Value, page.Value);
            answer = new ApiAnswer<T>(joined, System.Text.Json.JsonSerializer.Serialize(joined, OperatorApi.TypeOf<T>()));
        }

        return answer;
    }

    public static void More(VerbContext context, string? next)
    {
        if (next is not null)
        {
            context.Screen.Remark($"There are more: --after {next}, or --all.");
        }
    }

    public static IReadOnlyList<string> Union(IReadOnlyList<string> one, IReadOnlyList<string> other) => [.. one.Union(other)];
}
