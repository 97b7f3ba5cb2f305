namespace Realtime.Tests.Architecture;

/// <summary>One folder of the layer table.</summary>
/// <param name="Number">Its layer; <see cref="int.MaxValue"/> for what stands beside the layers (–).</param>
/// <param name="MayUse">The folders it may use.</param>
internal sealed record Layer(string Folder, int Number, IReadOnlySet<string> MayUse)
{
    /// <summary>The namespace of a folder begins with the project's name, the first part with a capital letter.</summary>
    public string Namespace { get; } = string.Join('.', Folder.Split('/').SkipWhile(part => !part.Any(char.IsAsciiLetterUpper)));
}
