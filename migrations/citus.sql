-- How the tables lie on Citus; made by tools/citus.mjs from the kinds in the migrations, to be read.
-- The program says these itself, in the transaction that makes each table, where the database has
-- the extension: nobody runs this file.
SELECT create_reference_table('config');
SELECT create_reference_table('config_object');
SELECT create_distributed_table('member', 'member_id', colocate_with => 'none');
SELECT create_distributed_table('member_profile', 'member_id', colocate_with => 'member');
SELECT create_distributed_table('identity', 'subject', colocate_with => 'none');
SELECT create_distributed_table('member_tag', 'member_id', colocate_with => 'member');
SELECT create_distributed_table('event', 'member_id', colocate_with => 'member');
SELECT create_distributed_table('posting', 'member_id', colocate_with => 'member');
SELECT create_distributed_table('lot', 'member_id', colocate_with => 'member');
SELECT create_distributed_table('lot_use', 'member_id', colocate_with => 'member');
SELECT create_distributed_table('debt', 'member_id', colocate_with => 'member');
SELECT create_distributed_table('balance', 'member_id', colocate_with => 'member');
SELECT create_distributed_table('award', 'member_id', colocate_with => 'member');
SELECT create_distributed_table('purchase', 'member_id', colocate_with => 'member');
SELECT create_distributed_table('purchase_line', 'member_id', colocate_with => 'member');
SELECT create_distributed_table('refund', 'member_id', colocate_with => 'member');
SELECT create_distributed_table('receipt', 'number', colocate_with => 'none');
SELECT create_distributed_table('tier_change', 'member_id', colocate_with => 'member');
SELECT create_distributed_table('task', 'member_id', colocate_with => 'member');
SELECT create_distributed_table('node', 'n', colocate_with => 'none');
SELECT create_distributed_table('import', 'id', colocate_with => 'none');
SELECT create_distributed_table('import_part', 'import_id', colocate_with => 'none');
SELECT create_distributed_table('import_row', 'import_id', colocate_with => 'none');
SELECT create_distributed_table('import_reject', 'import_id', colocate_with => 'none');
SELECT create_reference_table('api_key');
SELECT create_reference_table('api_key_version');
SELECT create_distributed_table('idempotency', 'digest', colocate_with => 'none');
SELECT create_distributed_table('answer', 'member_id', colocate_with => 'member');
SELECT create_distributed_table('note', 'id', colocate_with => 'none');
