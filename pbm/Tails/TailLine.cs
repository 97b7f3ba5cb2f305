using Realtime.Pbm.Output;

namespace Realtime.Pbm.Tails;

/// <summary>One item of a tail.</summary>
/// <param name="At">Lines of several sources are put in this order.</param>
internal sealed record TailLine(DateTimeOffset At, string Json, params IReadOnlyList<Cell> Cells);
