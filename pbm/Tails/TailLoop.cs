using System.Text.Json;
using Realtime.Messages.Operators;
using Realtime.Pbm.Calls;
using Realtime.Pbm.Output;
using Realtime.Pbm.Verbs;

namespace Realtime.Pbm.Tails;

/// <summary>
/// Looks at sources again and again and prints what is new, until Ctrl+C, a limit, or their end. A source that does not answer at the
/// beginning is an error; one that stops answering later is said so once, and again when it is back.
/// </summary>
internal sealed class TailLoop(VerbContext context, TailOptions options)
{
    private readonly Dictionary<TailSource, string> _away = [];
    private readonly HashSet<TailSource> _answered = [];
    private Uri? _url;
    private int? _left;

    public async Task<int> RunAsync(IReadOnlyList<TailSource> sources, CancellationToken stop)
    {
        _left = options.LinesOf(context);
        var every = context.Duration(options.Every) ?? TimeSpan.FromSeconds(1);
        using var limit = context.Duration(options.For) is { } time ? new CancellationTokenSource(time, context.Around.Time) : new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        try
        {
            while (true)
            {
                var batches = new List<TailBatch>();
                foreach (var source in sources)
                {
                    if (await ReadAsync(source, sources.Count, either.Token).ConfigureAwait(false) is { } batch)
                    {
                        batches.Add(batch);
                    }
                }

                if (Print(batches))
                {
                    return PbmExitCodes.Done;
                }

                if (!batches.Exists(batch => batch.More))
                {
                    await Task.Delay(every, context.Around.Time, either.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // Ctrl+C is how a tail ends, not how it fails.
            return PbmExitCodes.Done;
        }
    }

    private async Task<TailBatch?> ReadAsync(TailSource source, int sources, CancellationToken stop)
    {
        try
        {
            var batch = await source.ReadAsync(stop).ConfigureAwait(false);
            _answered.Add(source);
            if (_away.Remove(source))
            {
                context.Screen.Remark($"Going on with {source.Name}.");
            }

            if (_url is not null && _url != context.Api.Url)
            {
                context.Screen.Remark($"{_url} does not answer: going on with {context.Api.Url}.");
            }

            _url = context.Api.Url;
            return batch;
        }
        catch (CallFailedException e) when (CanWait(e, source, sources))
        {
            source.Distrust();
            if (_away.TryAdd(source, e.Error.Message))
            {
                context.Screen.Remark($"{e.Error.Message} Waiting for {source.Name}.");
            }

            return null;
        }
    }

    /// <summary>Of several nodes one may be away from the beginning, as long as somebody answers at all. A node that is unknown later has left, and may come back.</summary>
    private bool CanWait(CallFailedException e, TailSource source, int sources) =>
        _answered.Contains(source) ? e.Passing || e.ExitCode == PbmExitCodes.NotFound : sources > 1 && e.ExitCode == PbmExitCodes.Unfinished;

    /// <returns>Whether this was the end.</returns>
    private bool Print(List<TailBatch> batches)
    {
        foreach (var batch in batches.Where(batch => batch.Missed is not null))
        {
            Missed(batch);
        }

        foreach (var line in batches.SelectMany(batch => batch.Lines).OrderBy(line => line.At))
        {
            if (context.Screen.Json)
            {
                context.Screen.Document(line.Json);
            }
            else
            {
                context.Screen.Line([.. line.Cells]);
            }

            if (--_left == 0)
            {
                return true;
            }
        }

        var ended = batches.Where(batch => batch.Ended is not null).ToList();
        foreach (var batch in ended)
        {
            context.Screen.Remark(batch.Ended!);
        }

        context.Around.Output.Flush();
        return ended.Count > 0 && ended.Count == batches.Count;
    }

    private void Missed(TailBatch batch)
    {
        if (context.Screen.Json)
        {
            var count = batch.MissedCount is { } known ? JsonSerializer.Serialize(known, OperatorJson.Default.Int64) : "null";
            context.Screen.Document($"{{\"missed\":{count},\"why\":{JsonSerializer.Serialize(batch.Missed!, OperatorJson.Default.String)}}}");
        }
        else
        {
            context.Screen.Line($"--- {batch.Missed} ---", Tone.Bad);
        }
    }
}
