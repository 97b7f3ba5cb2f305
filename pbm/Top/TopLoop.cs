using System.Globalization;
using Realtime.Messages.Operators;
using Realtime.Pbm.Calls;
using Realtime.Pbm.Output;
using Realtime.Pbm.Verbs;
using Spectre.Console;

namespace Realtime.Pbm.Top;

/// <summary>The live view: a picture at a terminal, lines anywhere else.</summary>
internal sealed class TopLoop(VerbContext context, TimeSpan every, TimeSpan? time)
{
    /// <summary>How soon a typed <c>q</c> is noticed.</summary>
    private static readonly TimeSpan KeyEvery = TimeSpan.FromMilliseconds(100);

    private readonly TopHistory _history = new();

    public async Task<int> RunAsync(CancellationToken stop)
    {
        using var limit = time is { } end ? new CancellationTokenSource(end, context.Around.Time) : new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        try
        {
            // The first look must succeed: whoever calls with a wrong address or key wants to know.
            var first = await context.Api.GetAsync<ClusterStatus>("cluster", either.Token).ConfigureAwait(false);
            await (context.Screen.Moves ? ShowAsync(first.Value, either.Token) : WriteAsync(first, either.Token)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // Ctrl+C is how it ends, not how it fails.
        }

        return PbmExitCodes.Done;
    }

    private async Task ShowAsync(ClusterStatus cluster, CancellationToken stop)
    {
        var moves = await context.MovesAsync(stop).ConfigureAwait(false);
        string? trouble = null;
        _history.Add(cluster);
        await context.Screen.Console.Live(TopPicture.Draw(cluster, moves, _history, context.Screen.Width, trouble))
            .Overflow(VerticalOverflow.Crop)
            .StartAsync(async live =>
            {
                while (await PauseAsync(stop).ConfigureAwait(false))
                {
                    try
                    {
                        cluster = await context.ClusterAsync(stop).ConfigureAwait(false);
                        moves = await context.MovesAsync(stop).ConfigureAwait(false);
                        _history.Add(cluster);
                        trouble = null;
                    }
                    catch (CallFailedException e) when (e.Passing)
                    {
                        trouble = $"OLD: {e.Error.Message}";
                    }

                    live.UpdateTarget(TopPicture.Draw(cluster, moves, _history, context.Screen.Width, trouble));
                }
            }).ConfigureAwait(false);
    }

    /// <returns>Whether to go on.</returns>
    private async Task<bool> PauseAsync(CancellationToken stop)
    {
        // Measured, not counted: every wait is a little longer than it should be.
        var began = context.Around.Time.GetTimestamp();
        while (context.Around.Time.GetElapsedTime(began) < every)
        {
            if (context.Around.QuitTyped())
            {
                return false;
            }

            await Task.Delay(KeyEvery < every ? KeyEvery : every, context.Around.Time, stop).ConfigureAwait(false);
        }

        return !context.Around.QuitTyped();
    }

    private async Task WriteAsync(ApiAnswer<ClusterStatus> answer, CancellationToken stop)
    {
        var away = false;
        Write(answer);
        while (true)
        {
            await Task.Delay(every, context.Around.Time, stop).ConfigureAwait(false);
            try
            {
                Write(await context.Api.GetAsync<ClusterStatus>("cluster", stop).ConfigureAwait(false));
                away = false;
            }
            catch (CallFailedException e) when (e.Passing)
            {
                if (!away)
                {
                    context.Screen.Remark($"{e.Error.Message} Waiting.");
                    away = true;
                }
            }
        }
    }

    private void Write(ApiAnswer<ClusterStatus> answer)
    {
        if (context.Screen.Json)
        {
            context.Screen.Document(answer.Json);
        }
        else
        {
            var at = context.Around.Time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            foreach (var node in answer.Value.Nodes)
            {
                context.Screen.Line(Line(at, node, answer.Value));
            }
        }

        context.Around.Output.Flush();
    }

    /// <summary>Names and numbers without units or groups: for programs as well as people.</summary>
    internal static string Line(string at, NodeStatus node, ClusterStatus cluster) =>
        $"{at} {node.Name} {(node.Reachable ? node.Status : "unreachable")} shards={node.Shards} moving={cluster.Shards.Moving} connections={node.Connections}"
        + string.Concat(((ReadOnlySpan<(string, TopFigure)>)[("pub/s", TopFigure.Publishes), ("del/s", TopFigure.Deliveries), ("lag", TopFigure.Lag), ("p99_ms", TopFigure.P99), ("err/s", TopFigure.Errors)])
            .ToArray().Select(entry => $" {entry.Item1}={(TopHistory.Of(node, entry.Item2) is { } value ? value.ToString("0.##", CultureInfo.InvariantCulture) : "-")}"));
}
