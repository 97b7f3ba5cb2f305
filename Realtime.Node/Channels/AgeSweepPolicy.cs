using Realtime.Node.Persistence;

namespace Realtime.Node.Channels;

/// <summary>How the cluster looks for channels with messages past their age.</summary>
public sealed record AgeSweepPolicy : SweepPolicy
{
    public AgeSweepPolicy() => Pause = TimeSpan.FromMinutes(10);
}
