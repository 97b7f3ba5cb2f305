namespace Realtime.Bench;

/// <summary>Everything that shapes a run. Null: each scenario has its own default.</summary>
internal sealed record BenchOptions
{
    public int? Sessions { get; init; }

    public int Runs { get; init; } = 3;

    public bool AgainstKestrel { get; init; }

    /// <summary>Every hello of the load brings it; null: clients are nobody.</summary>
    public string? UserToken { get; init; }

    /// <summary>Folder of the published node to measure; null: this checkout's.</summary>
    public string? Node { get; init; }

    /// <summary>Folder of the published node that <see cref="Node"/> is compared with.</summary>
    public string? Against { get; init; }

    public string NodeArguments { get; init; } = "";

    public bool Build { get; init; } = true;

    public int? Channels { get; init; }

    public string[] Durabilities { get; init; } = [];

    public int[] Windows { get; init; } = [4, 32];

    public int? Bytes { get; init; }

    public double? Rate { get; init; }

    public int? Seconds { get; init; }

    public int WarmUpSeconds { get; init; } = 3;

    public int WarmUpSessions { get; init; } = 200;

    public int Concurrency { get; init; } = 256;

    public int ConnectSeconds { get; init; } = 120;

    public int SocketsPerProcess { get; init; } = 10_000;

    public bool SubscribeSeparately { get; init; }

    /// <summary>A folder for everything the node says; null: only what a failure needs is kept.</summary>
    public string? Logs { get; init; }

    public int Publishers { get; init; } = 64;

    public int InFlight { get; init; } = 16;

    public bool Sequenced { get; init; } = true;

    public int Stopped { get; init; } = 100;

    public int StoppedReceiveBuffer { get; init; } = 4096;

    /// <summary>Parts of a scenario whose name contains it; null: all.</summary>
    public string? Only { get; init; }

    public bool Verify { get; init; }

    public int ReadBytes { get; init; } = int.MaxValue;
}
