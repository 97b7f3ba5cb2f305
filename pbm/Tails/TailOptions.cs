using System.CommandLine;
using Realtime.Pbm.Calls;
using Realtime.Pbm.Verbs;

namespace Realtime.Pbm.Tails;

/// <summary>Where a tail begins and when it ends.</summary>
internal sealed class TailOptions
{
    private const int MostAtATime = 1000;

    public Option<int> Last { get; } = new("--last") { Description = "How many older ones first, at most 1000.", HelpName = "N", DefaultValueFactory = static _ => 10 };

    public Option<int?> Lines { get; } = new("--lines") { Description = "End after so many. Default: on Ctrl+C.", HelpName = "N" };

    public Option<string?> For { get; } = new("--for") { Description = "End after this time. Default: on Ctrl+C.", HelpName = "TIME" };

    public Option<string?> Every { get; } = new("--every") { Description = "Between two looks. Default: 1s.", HelpName = "TIME" };

    public IReadOnlyList<Symbol> All => [Last, Lines, For, Every];

    public int LastOf(VerbContext context) => context.Get(Last) is var last and >= 0 and <= MostAtATime
        ? last
        : throw CallFailedException.Usage($"--last must be between 0 and {MostAtATime}.", "last");

    public int? LinesOf(VerbContext context) => context.Get(Lines) is not <= 0 and var lines ? lines : throw CallFailedException.Usage("--lines must be at least 1.", "lines");
}
