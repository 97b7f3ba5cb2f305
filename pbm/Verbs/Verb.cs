using System.CommandLine;

namespace Realtime.Pbm.Verbs;

/// <summary>A command with examples, which its help shows.</summary>
internal sealed class Verb(string name, string description, params IReadOnlyList<string> examples) : Command(name, description)
{
    public IReadOnlyList<string> Examples => examples;

    public static Verb Group(string name, string description, params ReadOnlySpan<Command> verbs)
    {
        var group = new Verb(name, description);
        foreach (var verb in verbs)
        {
            group.Subcommands.Add(verb);
        }

        return group;
    }
}
