namespace Realtime.Pbm.Output;

/// <summary>What a piece of text means; its colour follows.</summary>
internal enum Tone
{
    Plain,

    /// <summary>As it should be.</summary>
    Good,

    /// <summary>On its way: draining, moving, catching up.</summary>
    Busy,

    /// <summary>Somebody should look.</summary>
    Bad,

    /// <summary>Less important than its neighbours.</summary>
    Quiet,

    Strong,
}
