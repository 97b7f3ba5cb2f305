using Google.Protobuf.Reflection;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Cluster.Serialization;
using Realtime.Tests.Architecture;

namespace Realtime.Tests.Cluster.Serialization;

/// <summary>
/// What travels between nodes of one version and the next, byte for byte. The lists may only grow: a new thing gets a new number or manifest, and
/// what is retired stays listed and reserved. A change that nodes of another version cannot read needs another wire version.
/// </summary>
[Collection(ActorSystems.Name)]
public sealed class FrozenWireTests(WireSystem wire) : IClassFixture<WireSystem>
{
    [Fact]
    public void Fields_of_messages() => ShouldBeFrozen(Files().SelectMany(file => file.MessageTypes).Select(Fields), "fields.txt");

    [Fact]
    public void Manifests_and_bytes_of_messages() => ShouldBeFrozen(
        WireFamilies.All.SelectMany(family => family.Cases)
            .Select(message => $"{message.Manifest} {message.Message.DeclaringType!.Name}.{message.Message.Name} {Bytes(WireExample.Of(message.Message))}"),
        "messages.txt");

    [Fact]
    public void Bytes_of_where_to_begin() => new[] { StartFrom.Live, StartFrom.Start, new StartFrom.Last(300), new StartFrom.Ago(2.5) }
        .Select(from => Bytes(new ChannelRequest.Subscribe(ChannelName.Parse("a"), 0, from, 0, 0, false)))
        .ShouldBe(["0A01611A020801", "0A01611A021001", "0A01611A0320AC02", "0A01611A09290000000000000440"]);

    [Fact]
    public void The_number_of_the_serializer() => wire.Serializer.Identifier.ShouldBe(7502);

    /// <summary>The file is the list: what is new is added to it by hand, what is retired stays in it behind a #.</summary>
    private static void ShouldBeFrozen(IEnumerable<string> lines, string file)
    {
        var frozen = RepositoryFiles.Get($"Realtime.Tests/Cluster/Serialization/{file}").Text.Split('\n').Where(line => line.Length > 0 && line[0] != '#');
        var there = lines.ToList();
        there.Except(frozen).ShouldBeEmpty($"{file} does not have these lines");
        frozen.Except(there).ShouldBeEmpty($"only {file} has these lines");
    }

    private string Bytes(object message) => Convert.ToHexString(wire.Serializer.ToBinary(message));

    private static IEnumerable<FileDescriptor> Files() => typeof(ChannelRequest).Assembly.GetTypes()
        .Where(type => type.Namespace?.StartsWith("Realtime.Messages.Wire", StringComparison.Ordinal) == true && type.IsAbstract && type.IsSealed)
        .Select(type => type.GetProperty("Descriptor")?.GetValue(null))
        .OfType<FileDescriptor>();

    private static string Fields(MessageDescriptor message) =>
        $"{message.FullName["realtime.wire.".Length..]}: {string.Join(", ", message.Fields.InDeclarationOrder().Select(Field))}";

    private static string Field(FieldDescriptor field)
    {
        var type = field.FieldType is FieldType.Message ? field.MessageType.Name : field.FieldType.ToString();
        var rule = field.IsRepeated ? "repeated " : field.HasPresence && field.FieldType is not FieldType.Message ? "optional " : "";
        return $"{field.Name}={field.FieldNumber}:{rule}{type}";
    }
}
