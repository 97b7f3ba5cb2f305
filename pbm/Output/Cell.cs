namespace Realtime.Pbm.Output;

internal readonly record struct Cell(string Text, Tone Tone)
{
    public static implicit operator Cell(string text) => new(text, Tone.Plain);

    public static Cell State(string state) => new(state, Tones.OfState(state));

    public static Cell Quiet(string text) => new(text, Tone.Quiet);

    /// <summary>A count that should be zero.</summary>
    public static Cell Trouble(long count) => new(Words.Number(count), count > 0 ? Tone.Bad : Tone.Plain);
}
